import type { SignIn } from '../../usecases/sign-in.ts';
import type { Keyboard } from './keyboard.ts';
import { createPainter } from './painter.ts';

/** Ctrl+]: never sent by mistake, and no key of the CLI's. */
export const prefixByte = 0x1d;

export interface HandOverInput {
  readonly signIn: SignIn;
  readonly keyboard: Keyboard;
  /** A terminal: written to, and asked for its size. */
  readonly stdout: NodeJS.WritableStream & { readonly columns?: number; readonly rows?: number };
  readonly color: boolean;
  readonly signal: AbortSignal;
}

/**
 * Gives the whole terminal to a session until the prefix key, the end of the sign-in or the signal. The terminal must be
 * nobody else's meanwhile. Resolves with how it ended.
 */
export const handOver = async ({
  signIn,
  keyboard,
  stdout,
  color,
  signal,
}: HandOverInput): Promise<'prefix' | 'settled'> => {
  const { screen } = signIn;
  if (screen === null) return 'settled';
  const back = new AbortController();
  const takeSize = () => signIn.resize({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  keyboard.setRawMode(true);
  const release = keyboard.take((bytes) => {
    const prefix = bytes.indexOf(prefixByte);
    signIn.write(prefix < 0 ? bytes : bytes.subarray(0, prefix));
    if (prefix >= 0) back.abort();
  });
  takeSize();
  stdout.on('resize', takeSize);
  const painter = createPainter(stdout, screen, color);
  const unsubscribe = screen.onChange(() => painter.paint());
  painter.paint();
  try {
    await signIn.settled(AbortSignal.any([signal, back.signal]));
  } finally {
    unsubscribe();
    painter.close();
    stdout.off('resize', takeSize);
    release();
    keyboard.setRawMode(false);
  }
  return back.signal.aborted ? 'prefix' : 'settled';
};
