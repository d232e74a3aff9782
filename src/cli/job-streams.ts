import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PipedProgram } from '../ports/job.ts';
import type { Session, SessionEnd } from '../ports/session.ts';
import { joinSession } from '../tui/terminal/join-session.ts';
import { createKeyboard } from '../tui/terminal/keyboard.ts';
import type { Io } from './io.ts';

/** Gives the whole terminal to a program until its end. */
export const joinTerminal = async ({ stdin, stdout }: Io, session: Session): Promise<SessionEnd> => {
  const keyboard = createKeyboard(stdin);
  try {
    return await joinSession({ session, keyboard, stdout });
  } finally {
    keyboard.close();
  }
};

/** Joins the three streams with those of a program until its end, the end of the input included. */
export const joinPipes = async (io: Io, program: PipedProgram): Promise<SessionEnd> => {
  const over = new AbortController();
  // The program may end without having read it all, and a terminal's input never ends.
  const input = pipeline(io.stdin, program.stdin, { signal: over.signal }).catch(() => undefined);
  const output = Promise.all([pour(program.stdout, io.stdout), pour(program.stderr, io.stderr)]);
  const end = await program.ended;
  await output;
  over.abort();
  await input;
  io.stdin.pause();
  return end;
};

/** All of a stream into one that stays open. When whoever reads it goes away, the rest goes nowhere, so that the end is reached. */
const pour = (from: Readable, to: Writable): Promise<void> =>
  new Promise((resolve) => {
    if (from.closed) resolve();
    from.once('end', resolve);
    from.once('close', resolve);
    to.once('error', () => {
      from.unpipe(to);
      from.resume();
    });
    from.pipe(to, { end: false });
  });
