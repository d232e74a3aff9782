import { falseLinkWarning } from '../../domain/sign-in-url.ts';
import type { SignIn } from '../../usecases/sign-in.ts';
import type { Keyboard } from './keyboard.ts';
import { createPainter } from './painter.ts';
import { createSessionInput } from './session-input.ts';

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
  const share = createSessionInput();
  keyboard.setRawMode(true);
  const release = keyboard.take((bytes) => {
    if (back.signal.aborted) return null;
    const { session, rest } = share(bytes);
    signIn.write(session);
    if (rest !== null) back.abort();
    return null;
  });
  const painter = createPainter(stdout, screen, color, () => {
    const place = signIn.state.falseSignInPlace;
    return place === null ? null : falseLinkWarning(place);
  });
  const unsubscribe = screen.onChange(() => painter.paint());
  const takeSize = () => {
    signIn.resize({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
    painter.repaint();
  };
  takeSize();
  stdout.on('resize', takeSize);
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
