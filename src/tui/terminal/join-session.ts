import { createModeWatch } from '../../domain/terminal-modes.ts';
import type { Session, SessionEnd } from '../../ports/session.ts';
import type { Keyboard } from './keyboard.ts';

export interface JoinInput {
  readonly session: Session;
  readonly keyboard: Pick<Keyboard, 'take' | 'setRawMode'>;
  /** A terminal that is nobody else's meanwhile. */
  readonly stdout: NodeJS.WritableStream & { readonly columns?: number; readonly rows?: number };
}

/** Gives the whole terminal to a program until its end: keys byte for byte, output as it comes, every new size. */
export const joinSession = async ({ session, keyboard, stdout }: JoinInput): Promise<SessionEnd> => {
  const modes = createModeWatch();
  const size = () => session.resize({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const resume = () => session.resume();
  const unsubscribe = session.onOutput((chunk) => {
    modes.watch(chunk);
    if (!stdout.write(chunk)) session.pause();
  });
  keyboard.setRawMode(true);
  const release = keyboard.take((bytes) => {
    session.write(bytes);
    return null;
  });
  stdout.on('drain', resume);
  stdout.on('resize', size);
  try {
    return await session.ended;
  } finally {
    unsubscribe();
    release();
    stdout.off('drain', resume);
    stdout.off('resize', size);
    keyboard.setRawMode(false);
    // A program that was ended had no time to put the terminal back.
    stdout.write(modes.undo());
  }
};
