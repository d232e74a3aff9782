import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PipedProgram } from '../ports/job.ts';
import type { Session, SessionEnd } from '../ports/session.ts';
import type { Io } from './io.ts';
import { createModeWatch } from './terminal-modes.ts';

/** Gives the whole terminal to a program until its end: keys byte for byte, output as it comes, every new size. */
export const joinTerminal = async (io: Io, session: Session): Promise<SessionEnd> => {
  const { stdin, stdout } = io;
  const modes = createModeWatch();
  const size = () => session.resize({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const type = (chunk: Uint8Array) => session.write(chunk);
  const resume = () => session.resume();
  const unsubscribe = session.onOutput((chunk) => {
    modes.watch(chunk);
    if (!stdout.write(chunk)) session.pause();
  });
  stdin.setRawMode(true);
  stdin.on('data', type);
  stdout.on('drain', resume);
  stdout.on('resize', size);
  stdin.resume();
  try {
    return await session.ended;
  } finally {
    unsubscribe();
    stdin.off('data', type);
    stdout.off('drain', resume);
    stdout.off('resize', size);
    stdin.pause();
    stdin.setRawMode(false);
    // A program that was ended had no time to put the terminal back.
    stdout.write(modes.undo());
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
