import { EngineLost, NotAnEngine } from './engine-errors.ts';

/** What an answer's headers say about where its body ends. */
export interface BodyFraming {
  readonly chunked: boolean;
  /** Bytes; null when the headers do not say. */
  readonly length: number | null;
}

/** Takes an answer's body out of the bytes that follow its headers (source: RFC 9112, section 6 and 7). */
export interface HttpBody {
  /** Hands each piece of the body to `take`, as a view of `bytes`. */
  feed(bytes: Uint8Array, take: (piece: Uint8Array) => void): void;
  readonly isComplete: boolean;
  /** The connection has ended: throws when the body is not complete. */
  end(): void;
}

const lineFeed = 0x0a;

/** Bytes; a line between two chunks, or in the trailer, that is longer is none. */
const longestLine = 1024;

export const createHttpBody = ({ chunked, length }: BodyFraming): HttpBody => {
  let left = chunked ? 0 : (length ?? Number.POSITIVE_INFINITY);
  let line = '';
  let part: 'data' | 'size' | 'data-end' | 'trailer' | 'over' = chunked ? 'size' : 'data';
  if (left === 0 && !chunked) part = 'over';

  const begin = (size: string) => {
    const hex = /^[0-9a-f]{1,12}(?=;|\s*$)/i.exec(size);
    if (hex === null) throw new NotAnEngine('a chunk of the answer has no size');
    left = Number.parseInt(hex[0], 16);
    part = left === 0 ? 'trailer' : 'data';
  };

  /** What a whole line between the chunks means. */
  const takeLine = (text: string) => {
    if (part === 'size') begin(text);
    else if (text === '') part = part === 'data-end' ? 'size' : 'over';
    else if (part === 'data-end') throw new NotAnEngine('a chunk of the answer is longer than its size');
  };

  return {
    feed(bytes, take) {
      let at = 0;
      while (at < bytes.length && part !== 'over') {
        if (part === 'data') {
          const piece = bytes.subarray(at, Math.min(bytes.length, at + left));
          take(piece);
          at += piece.length;
          left -= piece.length;
          if (left === 0) part = chunked ? 'data-end' : 'over';
          continue;
        }
        const end = bytes.indexOf(lineFeed, at);
        line += Buffer.from(bytes.subarray(at, end === -1 ? undefined : end)).toString('latin1');
        if (line.length > longestLine) throw new NotAnEngine('a line of the answer does not end');
        if (end === -1) return;
        takeLine(line.replace(/\r$/, ''));
        line = '';
        at = end + 1;
      }
    },
    get isComplete() {
      return part === 'over';
    },
    end() {
      if (part !== 'over' && left !== Number.POSITIVE_INFINITY) throw new EngineLost('the answer was cut');
    },
  };
};
