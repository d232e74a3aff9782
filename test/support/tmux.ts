import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { shellQuoted } from '../../src/domain/shell.ts';

const run = promisify(execFile);

export interface TmuxOptions {
  readonly columns: number;
  readonly rows: number;
  readonly command: readonly string[];
  /** The whole environment of the command. */
  readonly env: Readonly<Record<string, string>>;
}

/** A real terminal with a program in it. */
export interface Tmux {
  /** Process id of the program. */
  pid(): Promise<number>;
  /** Keys by tmux's names, such as `Enter` or `C-]`; anything else as text. */
  keys(...names: readonly string[]): Promise<void>;
  /** A text as the terminal pastes it, marked when the program asked for that. */
  paste(text: string): Promise<void>;
  /** The screen as text, with escape sequences when `styled`. */
  capture(options?: { readonly styled?: boolean }): Promise<string>;
  /** Waits until the screen shows it; the error shows the last screen. Every screen seen is kept in `seen`. */
  waitFor(wanted: string | RegExp | ((screen: string) => boolean), timeoutMs?: number): Promise<string>;
  /** What the program wrote to the terminal itself, and not to a screen that is gone; also what has scrolled away. */
  written(): Promise<string>;
  /** Waits until the program has ended. */
  ended(timeoutMs?: number): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** What the program put on the terminal's clipboard (OSC 52). */
  clipboard(): Promise<string>;
  /** Every different screen so far. */
  readonly seen: readonly string[];
  /** Closes the terminal, which the program notices as a hang-up. */
  close(): Promise<void>;
}

/** Opens a program in tmux, on a server of its own without anybody's settings. */
export const openTmux = async ({ columns, rows, command, env }: TmuxOptions): Promise<Tmux> => {
  const server = `claude-setup-test-${randomBytes(4).toString('hex')}`;
  const tmux = async (...args: readonly string[]): Promise<string> =>
    (await run('tmux', ['-L', server, '-f', '/dev/null', ...args])).stdout;
  const variables = Object.entries({ TERM: 'tmux-256color', LANG: 'C.UTF-8', ...env });
  const line = ['env', '-i', ...variables.map(([name, value]) => `${name}=${value}`), ...command]
    .map(shellQuoted)
    .join(' ');
  const size = ['-x', String(columns), '-y', String(rows)];
  // The session outlives its program, so that the last screen can be read.
  await tmux(
    'new-session',
    '-d',
    ...size,
    'sleep infinity',
    ';',
    'set',
    '-g',
    'remain-on-exit',
    'on',
    ';',
    'set',
    '-g',
    'set-clipboard',
    'on',
    ';',
    'set',
    '-g',
    'status',
    'off',
  );
  await tmux('respawn-pane', '-k', line);
  const seen: string[] = [];
  const capture = async ({ styled = false } = {}): Promise<string> => {
    const screen = await tmux('capture-pane', '-p', ...(styled ? ['-e'] : []));
    if (screen !== seen.at(-1)) seen.push(screen);
    return screen;
  };
  const format = async (text: string): Promise<string> => (await tmux('display-message', '-p', text)).trim();
  return {
    seen,
    capture,
    pid: async () => Number(await format('#{pane_pid}')),
    keys: async (...names) => void (await tmux('send-keys', ...names)),
    async paste(text) {
      await tmux('set-buffer', '--', text);
      await tmux('paste-buffer', '-p', '-d');
    },
    waitFor: (wanted, timeoutMs = 30_000) =>
      vi.waitFor(
        async () => {
          const screen = await capture();
          const found = shows(screen, wanted);
          if (!found) throw new Error(`${wanted} is not on the screen:\n${screen}`);
          return screen;
        },
        { timeout: timeoutMs, interval: 100 },
      ),
    written: () => tmux('capture-pane', '-p', '-S', '-'),
    ended: (timeoutMs = 30_000) =>
      vi.waitFor(
        async () => {
          if ((await format('#{pane_dead}')) !== '1')
            throw new Error(`the program goes on:\n${await capture()}`);
        },
        { timeout: timeoutMs, interval: 100 },
      ),
    resize: async (newColumns, newRows) =>
      void (await tmux('resize-window', '-x', String(newColumns), '-y', String(newRows))),
    clipboard: () => tmux('show-buffer'),
    close: async () => void (await tmux('kill-server').catch(() => undefined)),
  };
};

const shows = (screen: string, wanted: string | RegExp | ((screen: string) => boolean)): boolean => {
  if (typeof wanted === 'string') return screen.includes(wanted);
  return wanted instanceof RegExp ? wanted.test(screen) : wanted(screen);
};
