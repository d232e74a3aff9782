import type { Io } from './cli/io.ts';
import { wantsColor, wantsUnicode } from './domain/terminal-look.ts';

/**
 * The streams of this process. Each is opened when it is first asked for: Node takes 1 to 2 ms for one, and a script
 * that reads JSON has no use for stdin. `onLost` is called when a reader went away (`| head`, a closed terminal), which
 * is no reason for a stack trace.
 */
export const processIo = (process: NodeJS.Process, onLost: () => void): Io => {
  const { env } = process;
  const watched = new Set<NodeJS.WriteStream>();
  const output = (stream: NodeJS.WriteStream): NodeJS.WriteStream => {
    if (!watched.has(stream)) stream.on('error', onLost);
    watched.add(stream);
    return stream;
  };
  return {
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return output(process.stdout);
    },
    get stderr() {
      return output(process.stderr);
    },
    get interactive() {
      return env.TERM !== 'dumb' && process.stdout.isTTY === true && process.stdin.isTTY === true;
    },
    get color() {
      return wantsColor(env, process.stdout.isTTY === true);
    },
    unicode: wantsUnicode(env),
  };
};
