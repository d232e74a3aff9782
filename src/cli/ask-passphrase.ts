import { shownPath } from '../domain/capture-rules.ts';
import type { AskPassphrase } from '../ports/seals.ts';
import type { Io } from './io.ts';

/** Asks for passphrases on the terminal, nothing of them shown. Only where a person sits at it. */
export const passphrasePrompt =
  (io: Pick<Io, 'stdin' | 'stderr'>, signal: AbortSignal): AskPassphrase =>
  async ({ authDir, purpose, again }) => {
    const place = shownPath(authDir);
    if (purpose === 'open')
      return readHidden(io, `${again ? 'That is not it. ' : ''}Passphrase of ${place}: `, signal);
    for (;;) {
      const first = await readHidden(io, `New passphrase for ${place}: `, signal);
      if (!first) return null;
      if ((await readHidden(io, 'The same once more: ', signal)) === first) return first;
      if (signal.aborted) return null;
      io.stderr.write('They differ.\n');
    }
  };

const keys = { enter: /[\r\n]/, back: /[\x7f\b]/, clear: '\x15', leave: /[\x03\x04]/ };

/** A line that is typed without an echo; null when it is left with Ctrl+C or Ctrl+D. */
const readHidden = (
  { stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>,
  question: string,
  signal: AbortSignal,
): Promise<string | null> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(null);
    let typed = '';
    const decoder = new TextDecoder();
    const end = (answer: string | null, rest = '') => {
      stdin.off('data', take);
      stdin.off('end', leave);
      signal.removeEventListener('abort', leave);
      stdin.pause();
      stdin.setRawMode?.(false);
      // What was pasted behind the line end answers the next question.
      if (rest !== '') stdin.unshift(rest);
      stderr.write('\n');
      resolve(answer);
    };
    const leave = () => end(null);
    const take = (chunk: Buffer | string) => {
      const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
      const characters = [...text];
      for (const [at, character] of characters.entries()) {
        if (keys.enter.test(character))
          return end(
            typed,
            characters
              .slice(at + 1)
              .join('')
              .replace(/^\n/, ''),
          );
        if (keys.leave.test(character)) return end(null);
        if (character === keys.clear) typed = '';
        else if (keys.back.test(character)) typed = [...typed].slice(0, -1).join('');
        else typed += character;
      }
    };
    stderr.write(question);
    stdin.setRawMode?.(true);
    stdin.on('data', take);
    stdin.once('end', leave);
    signal.addEventListener('abort', leave, { once: true });
    stdin.resume();
  });
