import { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { ArchiveRefused, damagedArchive, tooLargeArchive, truncatedArchive } from './archive-refusal.ts';

/** Bytes; an archive ends with two blocks of zeros (source: POSIX pax, "ustar Interchange Format"). */
const endMark = 1024;
const block = 512;

/** What was seen of a stream so far. */
interface Seen {
  bytes: number;
  tail: Uint8Array;
}

/** Passes a stream on, counting it and keeping its last bytes. */
async function* watched(tar: Readable, seen: Seen, limit: number): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of tar) {
      seen.bytes += chunk.length;
      if (seen.bytes > limit) throw tooLargeArchive(`it is larger than ${limit} bytes`);
      seen.tail =
        chunk.length >= endMark
          ? chunk.subarray(-endMark)
          : Buffer.concat([seen.tail, chunk]).subarray(-endMark);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof ArchiveRefused ? error : truncatedArchive();
  }
}

/** tar-stream's typings leave out that its streams can be iterated. */
const contentOf = (entry: object): AsyncIterable<Uint8Array> => {
  if (!isIterable(entry)) throw new TypeError('an entry of the archive has no content to read');
  return entry;
};

const isIterable = (value: object): value is AsyncIterable<Uint8Array> => Symbol.asyncIterator in value;

/**
 * Reads a tar stream entry by entry and waits for `take` on each; content that it does not read is skipped. Throws
 * `ArchiveRefused` when the stream breaks off, is no archive or is longer than `limit` bytes, and what `take` throws.
 */
export const readArchive = async (
  tar: Readable,
  limit: number,
  take: (header: Header, content: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> => {
  const archive = extract();
  const seen: Seen = { bytes: 0, tail: new Uint8Array(0) };
  const source = Readable.from(watched(tar, seen, limit), { objectMode: false });
  let broken: unknown = null;
  const note = (error: Error) => {
    broken ??= error instanceof ArchiveRefused ? error : ofParser(error);
  };
  archive.on('error', note);
  source.on('error', (error) => {
    note(error);
    archive.destroy(error);
  });
  try {
    source.pipe(archive);
    // Where the data of the last entry ends, padding included.
    let end = 0;
    for await (const entry of archive) {
      // tar-stream lets a size through that is no number, and then waits for its content for ever.
      if (!Number.isSafeInteger(entry.header.size)) throw damagedArchive();
      end = entry.offset + block + Math.ceil(entry.header.size / block) * block;
      await take(entry.header, contentOf(entry));
      entry.resume();
    }
    // tar-stream takes a stream that stops between two entries for a whole one; only the end mark tells.
    if (seen.bytes - end < endMark || seen.tail.some((byte) => byte !== 0)) throw truncatedArchive();
  } catch (error) {
    throw broken ?? error;
  } finally {
    tar.destroy();
    source.destroy();
    archive.destroy();
  }
};

const ofParser = (error: Error): ArchiveRefused =>
  error.message === 'Unexpected end of data' ? truncatedArchive() : damagedArchive();
