import { falseLinkWarning } from '../domain/sign-in-url.ts';
import { createSessionText } from '../domain/terminal/session-text.ts';
import { createModeWatch } from '../domain/terminal-modes.ts';
import { handOver } from '../tui/terminal/hand-over.ts';
import { createKeyboard } from '../tui/terminal/keyboard.ts';
import { prefixByte } from '../tui/terminal/session-input.ts';
import type { SignIn } from '../usecases/sign-in.ts';
import { type Io, progressLine } from './io.ts';

/**
 * Gives the whole terminal to a sign-in until it is over: keys go to the session byte for byte, and of its output what
 * draws is shown as it comes; its questions to the terminal are answered by the emulator. Ends when the session's program ended, on Ctrl+] and on
 * the signal; the terminal is as before afterwards, on every way out.
 */
export const handTerminal = async (io: Io, signIn: SignIn, signal: AbortSignal): Promise<void> => {
  const { stdin, stdout } = io;
  // The token that it prints must not be seen: it is drawn from the emulator, which masks it.
  if (signIn.method === 'setup-token') return drawnSession(io, signIn, signal);
  const leaving = new AbortController();
  const over = AbortSignal.any([signal, leaving.signal]);
  const size = () => signIn.resize({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const type = (chunk: Uint8Array) => {
    const leave = chunk.indexOf(prefixByte);
    signIn.write(leave < 0 ? chunk : chunk.subarray(0, leave));
    if (leave >= 0) leaving.abort();
  };
  const text = createSessionText(signIn.hosts);
  const modes = createModeWatch();
  const unsubscribe = signIn.run.session?.onOutput((chunk) => {
    const shown = text.pass(chunk);
    modes.watch(Buffer.from(shown));
    stdout.write(shown);
  });
  const stopWarning = warnOfFalseLinks(io, signIn);
  stdin.setRawMode(true);
  stdin.on('data', type);
  stdout.on('resize', size);
  stdin.resume();
  try {
    await endOf(signIn, over);
    await signIn.settled(over);
  } finally {
    stdin.off('data', type);
    stdout.off('resize', size);
    stdin.pause();
    stdin.setRawMode(false);
    unsubscribe?.();
    stopWarning();
    stdout.write(modes.undo());
  }
};

const drawnSession = async (io: Io, signIn: SignIn, signal: AbortSignal): Promise<void> => {
  const keyboard = createKeyboard(io.stdin);
  try {
    await handOver({ signIn, keyboard, stdout: io.stdout, color: io.color, signal });
  } finally {
    keyboard.close();
  }
};

/** Says once of every place that a link wants to be taken for the sign-in and is not. */
const warnOfFalseLinks = (io: Io, signIn: SignIn): (() => void) => {
  const said = new Set<string>();
  return signIn.subscribe(() => {
    const { falseSignInPlace } = signIn.state;
    if (falseSignInPlace === null || said.has(falseSignInPlace)) return;
    said.add(falseSignInPlace);
    progressLine(io, `claude-setup: ${falseLinkWarning(falseSignInPlace)} (Ctrl+] leaves)`);
  });
};

const endOf = async ({ run }: SignIn, signal: AbortSignal): Promise<void> => {
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([run.session?.ended, aborted]);
};
