import { fstatSync, statSync, writeSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Io } from './cli/io.ts';
import { wantsColor, wantsUnicode } from './domain/terminal-look.ts';

/**
 * The streams of this process. Each is opened when it is first asked for: the first one takes 4 ms, because Node loads
 * its streams for it, and a script that reads JSON needs none. `onLost` is called when a reader went away (`| head`, a
 * closed terminal), which is no reason for a stack trace.
 */
export const processIo = (process: NodeJS.Process, onLost: () => void): Io => {
  const { env } = process;
  const watched = new Set<NodeJS.WriteStream>();
  const output = (stream: NodeJS.WriteStream): NodeJS.WriteStream => {
    if (!watched.has(stream)) stream.on('error', onLost);
    watched.add(stream);
    return stream;
  };
  const streams = {
    get stdout() {
      return output(process.stdout);
    },
    get stderr() {
      return output(process.stderr);
    },
  };
  let printedBy: 'the system' | 'the stream' = 'the system';
  return {
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      // What it has taken may not be written yet, and stays before what is printed after it.
      printedBy = 'the stream';
      return streams.stdout;
    },
    get stderr() {
      return streams.stderr;
    },
    print(text) {
      const rest = printedBy === 'the system' ? writeAtOnce(1, Buffer.from(text)) : text;
      if (rest.length === 0) return;
      printedBy = 'the stream';
      streams.stdout.write(rest);
    },
    get interactive() {
      return env.TERM !== 'dumb' && process.stdout.isTTY === true && process.stdin.isTTY === true;
    },
    get answering() {
      return [0, 2].every(mayBeTerminal) && process.stderr.isTTY === true && process.stdin.isTTY === true;
    },
    get color() {
      return wantsColor(env, process.stdout.isTTY === true);
    },
    unicode: wantsUnicode(env),
  };
};

/** Writes without a stream; gives what can't be written now, because a reader is slow (EAGAIN) or has gone. */
const writeAtOnce = (file: number, bytes: Uint8Array): Uint8Array => {
  let rest = bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(file, rest));
  } catch {
    // The stream that gets the rest knows how to wait, and tells whoever listens why it can't.
  }
  return rest;
};

/** A guess that loads nothing: false for what is certainly no terminal. */
const mayBeTerminal = (file: number): boolean => {
  const opened = fstatSync(file);
  return opened.isCharacterDevice() && opened.rdev !== statSync(devNull).rdev;
};
