import { redact } from '../../domain/redact.ts';
import { type Environment, wantsBell, wantsUnicode } from '../../domain/terminal-look.ts';

/** Long work, as the terminal around the screens shows it. */
export interface SignOfWork {
  /** How much of it is done, between 0 and 1; null where that is not known. */
  share(done: number | null): void;
  end(): void;
}

/** What a terminal shows outside of its text: its title, the progress in the task bar, the bell. */
export interface TerminalSigns {
  title(text: string): void;
  /** The newest of several pieces of work is the one that is shown. */
  begin(): SignOfWork;
  bell(): void;
  /** Takes everything back. Nothing is written afterwards. */
  close(): void;
}

/**
 * Terminals whose title can be set (xterm, "OSC 2") and given back ("CSI 22 t"; who does not know it passes over it).
 * Whoever is not known is sent nothing, since it might print it.
 */
const titled = /^(xterm|rxvt|screen|tmux|vte|gnome|konsole|kitty|alacritty|foot|ghostty|wezterm|rio|st)(-|$)/;

/**
 * Terminals that show progress (ConEmu, "OSC 9 ; 4"; also Windows Terminal, Ghostty and WezTerm). Inside of tmux or screen
 * nobody passes it on.
 */
const showsProgress = (env: Environment): boolean =>
  !env.TMUX &&
  !env.STY &&
  (Boolean(env.WT_SESSION) ||
    env.ConEmuANSI === 'ON' ||
    /^(ghostty|WezTerm)$/.test(env.TERM_PROGRAM ?? '') ||
    /^(xterm-ghostty|wezterm)$/.test(env.TERM ?? ''));

export const createTerminalSigns = (write: (text: string) => void, env: Environment): TerminalSigns => {
  const hasTitle = titled.test(env.TERM ?? '');
  const hasProgress = showsProgress(env);
  const hasBell = wantsBell(env);
  const works: { done: number | null }[] = [];
  let titleNow: string | null = null;
  let progressNow = '0;0';
  let closed = false;

  const showProgress = () => {
    const work = works.at(-1);
    const next =
      work === undefined ? '0;0' : work.done === null ? '3;0' : `1;${Math.floor(within(work.done) * 100)}`;
    if (!hasProgress || closed || next === progressNow) return;
    progressNow = next;
    write(`\x1b]9;4;${next}\x07`);
  };
  return {
    title(text) {
      const next = plain(text, env);
      if (!hasTitle || closed || next === titleNow) return;
      write(`${titleNow === null ? '\x1b[22;2t' : ''}\x1b]2;${next}\x07`);
      titleNow = next;
    },
    begin() {
      const work: { done: number | null } = { done: null };
      works.push(work);
      showProgress();
      return {
        share(done) {
          work.done = done;
          showProgress();
        },
        end() {
          const index = works.indexOf(work);
          if (index >= 0) works.splice(index, 1);
          showProgress();
        },
      };
    },
    bell() {
      if (hasBell && !closed) write('\x07');
    },
    close() {
      works.length = 0;
      showProgress();
      // Empty first, for those that can't give the former one back.
      if (titleNow !== null) write('\x1b]2;\x07\x1b[23;2t');
      titleNow = null;
      closed = true;
    },
  };
};

const within = (share: number): number => Math.max(0, Math.min(1, share));

/** Nothing in a title may end it or be a sequence of its own. */
const plain = (text: string, env: Environment): string => {
  const line = redact(text).replaceAll(/\p{C}/gu, ' ').slice(0, 100);
  return wantsUnicode(env) ? line : line.replaceAll(/[^\x20-\x7e]/g, '?');
};
