import { PassThrough, Writable } from 'node:stream';
import { type Instance, render } from 'ink';
import type { ReactNode } from 'react';
import { onTestFinished, vi } from 'vitest';
import { openTerminal } from '../../src/adapters/pty/terminal.ts';
import { createKeyboard, type Keyboard } from '../../src/tui/terminal/keyboard.ts';

/** A person's terminal in memory: what is written to it is drawn by an emulator, what is typed comes out of `stdin`. */
export interface TestTerminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly raw: () => boolean;
  /** Types, with real bytes of keys. */
  type(bytes: string | Uint8Array): void;
  /** The screen as a person sees it, without trailing spaces. */
  frame(): string;
  /** Whether a mode that was asked for is on, such as bracketed paste. */
  readonly modes: { readonly bracketedPaste: () => boolean };
  /** Everything written so far, as it was. */
  written(): string;
  /** Waits until the screen shows it; the error shows the last frame. */
  waitFor(wanted: string | RegExp): Promise<string>;
  resize(columns: number, rows: number): void;
}

export const createTerminal = async (columns: number, rows: number): Promise<TestTerminal> => {
  const screen = await openTerminal({ columns, rows });
  let raw = false;
  let written = '';
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(mode: boolean) {
      raw = mode;
      return stdin;
    },
    ref: () => stdin,
    unref: () => stdin,
  });
  const stdout = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        written += String(chunk);
        // A terminal driver turns line feeds into new lines.
        screen.write(String(chunk).replaceAll(/\r?\n/g, '\r\n'), done);
      },
    }),
    { isTTY: true, columns, rows },
  ).setMaxListeners(0);
  const frame = () =>
    Array.from({ length: screen.rows }, (_, row) => {
      const { active } = screen.buffer;
      return (
        active
          .getLine(active.baseY + row)
          ?.translateToString(true)
          .trimEnd() ?? ''
      );
    })
      .join('\n')
      .trimEnd();
  return {
    // Terminals in all that Ink and we use of them.
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    raw: () => raw,
    type: (bytes) => void stdin.write(bytes),
    frame,
    modes: { bracketedPaste: () => screen.modes.bracketedPasteMode },
    written: () => written,
    waitFor: (wanted) =>
      vi.waitFor(
        () => {
          const now = frame();
          const found = typeof wanted === 'string' ? now.includes(wanted) : wanted.test(now);
          if (!found) throw new Error(`${wanted} is not on the screen:\n${now}`);
          return now;
        },
        { timeout: 3000, interval: 5 },
      ),
    resize(nextColumns, nextRows) {
      screen.resize(nextColumns, nextRows);
      Object.assign(stdout, { columns: nextColumns, rows: nextRows }).emit('resize');
    },
  };
};

export interface Rendered extends TestTerminal {
  readonly keyboard: Keyboard;
  unmount(): void;
}

/** Draws a node with Ink on a terminal of that size, as the program does. Taken down with the test. */
export const renderAt = async (
  { columns, rows }: { readonly columns: number; readonly rows: number },
  node: ReactNode | ((keyboard: Keyboard) => ReactNode),
): Promise<Rendered> => {
  const terminal = await createTerminal(columns, rows);
  const keyboard = createKeyboard(terminal.stdin);
  const app: Instance = render(typeof node === 'function' ? node(keyboard) : node, {
    stdin: keyboard.stdin,
    stdout: terminal.stdout,
    stderr: terminal.stdout,
    exitOnCtrlC: false,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: 30,
    patchConsole: false,
  });
  const unmount = () => {
    app.unmount();
    keyboard.close();
  };
  onTestFinished(unmount);
  return { ...terminal, keyboard, unmount };
};
