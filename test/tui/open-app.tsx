import { PassThrough, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { render } from 'ink';
import { onTestFinished, vi } from 'vitest';
import { wantsScreenReader } from '../../src/domain/terminal-look.ts';
import { App, type Start } from '../../src/tui/app.tsx';
import type { Leaving } from '../../src/tui/chrome.ts';
import { createKeyboard } from '../../src/tui/terminal/keyboard.ts';
import type { FakeWorld } from './fake-world.ts';

// Moments are shown in the zone of the machine; frames are the same on every one.
process.env.TZ = 'UTC';

/** Real bytes of keys. */
export const keys = {
  enter: '\r',
  escape: '\x1b',
  up: '\x1b[A',
  down: '\x1b[B',
  tab: '\t',
  backspace: '\x7f',
  clear: '\x15',
  interrupt: '\x03',
} as const;

const settle = async (): Promise<void> => {
  for (let turns = 0; turns < 4; turns += 1) await new Promise((resolve) => setImmediate(resolve));
};

export interface OpenOptions {
  readonly start?: Start;
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface OpenApp {
  /** How the person left, once they did. */
  readonly left: readonly (Leaving & { readonly profile: string | null })[];
  /** Every frame so far, as text. */
  readonly frames: readonly string[];
  /** Every frame so far, as the terminal gets it. */
  readonly written: readonly string[];
  /** Ends the program from outside. */
  readonly end: () => void;
  /** The whole frame as text, without trailing spaces. The spinner always shows its first picture. */
  frame(): string;
  /** The whole frame with its colours. */
  styled(): string;
  /** What was written beside the frames: title, progress, bell, clipboard. */
  signs(): string;
  unmount(): void;
  /** Waits until the frame has the text; the error shows the last frame. */
  waitFor(text: string): Promise<string>;
  /** Writes keys into the terminal. Wait for a frame after Escape: it could be the start of another key. */
  type(bytes: string): Promise<void>;
  /** A text as a terminal pastes it. */
  paste(text: string): Promise<void>;
}

/** Opens the whole app on a terminal in memory. */
export const openApp = (world: FakeWorld, options: OpenOptions = {}): OpenApp => {
  const { start = { screen: 'wizard', profile: null, runtime: null } } = options;
  const { columns = 80, rows = 24, env = { LANG: 'C.UTF-8' } } = options;
  let last = '';
  const frames: string[] = [];
  const written: string[] = [];
  let signs = '';
  const stdout = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        // What is no frame: clipboard, bracketed paste, cursor.
        if (String(chunk).includes('\n')) {
          last = String(chunk);
          written.push(last);
          frames.push(stripVTControlCharacters(last));
        } else signs += String(chunk);
        done();
      },
    }),
    { isTTY: true, columns, rows },
  ).setMaxListeners(0);
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => stdin,
    ref: () => stdin,
    unref: () => stdin,
  });
  const left: (Leaving & { profile: string | null })[] = [];
  const ending = new AbortController();
  const keyboard = createKeyboard(stdin as never);
  const app = render(
    <App
      ports={world.ports}
      keyboard={keyboard}
      start={start}
      env={env}
      ending={ending.signal}
      onLeave={(leaving, profile) => left.push({ ...leaving, profile })}
    />,
    {
      stdout: stdout as never,
      stdin: keyboard.stdin,
      debug: true,
      isScreenReaderEnabled: wantsScreenReader(env),
      interactive: true,
      exitOnCtrlC: false,
      patchConsole: false,
    },
  );
  onTestFinished(() => app.unmount());

  const frame = () =>
    stripVTControlCharacters(last)
      .replaceAll(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '⠋')
      .replaceAll(/ +$/gm, '');
  const type = async (bytes: string) => {
    await settle();
    stdin.write(bytes);
    await settle();
  };
  return {
    left,
    frames,
    written,
    end: () => ending.abort(),
    frame,
    styled: () => last,
    signs: () => signs,
    unmount: () => app.unmount(),
    waitFor: (text) =>
      vi.waitFor(
        () => {
          if (!frame().includes(text)) throw new Error(`"${text}" is not in the frame:\n${frame()}`);
          return frame();
        },
        { timeout: 3000, interval: 5 },
      ),
    type,
    paste: (text) => type(`\x1b[200~${text}\x1b[201~`),
  };
};
