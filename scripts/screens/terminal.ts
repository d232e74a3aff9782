import { createEmulator } from '../../src/adapters/pty/emulator.ts';
import { openPtySession } from '../../src/adapters/pty/session.ts';
import type { ScreenRow } from '../../src/ports/emulator.ts';
import type { TerminalSize } from '../../src/ports/session.ts';

export interface DrivenTerminal {
  write(keys: string): void;
  /** Waits until the text is on the screen and nothing moves any more but the spinner. */
  settled(text: string): Promise<readonly ScreenRow[]>;
  /** Ends the program with Ctrl+C, and waits for its end. */
  close(): Promise<void>;
}

const restMs = 350;
const patienceMs = 60_000;

/** The spinner always shows its first picture. */
const stilled = ({ runs }: ScreenRow): ScreenRow => ({
  runs: runs.map(({ text, style }) => ({ text: text.replaceAll(/[⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '⠋'), style })),
});

const textOf = (rows: readonly ScreenRow[]): string =>
  rows
    .map(({ runs }) =>
      runs
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n');

/** Opens a program of Node's in a terminal of that size, drawn by the emulator of the product. */
export const openDrivenTerminal = async (
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
  size: TerminalSize,
): Promise<DrivenTerminal> => {
  const screen = await createEmulator().open(size);
  const opened = await openPtySession({ command: process.execPath, args: command, cwd, env, size });
  if (!opened.ok) throw new Error(opened.failure.why);
  const session = opened.value;
  session.onOutput((chunk) => void screen.write(chunk));
  screen.onReply((bytes) => session.write(bytes));
  const rows = () => screen.rows().map(stilled);
  return {
    write: (keys) => session.write(keys),
    async settled(text) {
      const until = Date.now() + patienceMs;
      let last = '';
      let since = Date.now();
      while (Date.now() < until) {
        const now = textOf(rows());
        if (now !== last) [last, since] = [now, Date.now()];
        if (now.includes(text) && Date.now() - since >= restMs) return rows();
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error(`"${text}" did not come to rest on the screen:\n${last}`);
    },
    async close() {
      // The second one answers the question whether to leave.
      session.write('\x03');
      session.write('\x03');
      const timer = setTimeout(() => void session.kill('SIGTERM'), 3000);
      await session.ended;
      clearTimeout(timer);
      screen.dispose();
    },
  };
};
