import { createInterface } from 'node:readline/promises';
import type { Io } from './io.ts';

/** Asks a person yes or no; Enter alone is `preset`. No when interrupted. Only where a person sits at both ends. */
export const ask = async (
  io: Io,
  question: string,
  { preset, signal }: { readonly preset: boolean; readonly signal: AbortSignal },
): Promise<boolean> => {
  const lines = createInterface({ input: io.stdin, output: io.stderr });
  const stop = AbortSignal.any([signal, closing(lines)]);
  try {
    const answer = (
      await lines.question(`${question} ${preset ? '[Y/n]' : '[y/N]'} `, { signal: stop })
    ).trim();
    return answer === '' ? preset : /^y(?:es)?$/i.test(answer);
  } catch (error) {
    if (!stop.aborted) throw error;
    io.stderr.write('\n');
    return false;
  } finally {
    lines.close();
  }
};

/** Ctrl+C and Ctrl+D while a question is open end it. */
const closing = (lines: ReturnType<typeof createInterface>): AbortSignal => {
  const controller = new AbortController();
  lines.once('SIGINT', () => controller.abort());
  lines.once('close', () => controller.abort());
  return controller.signal;
};
