import type { TarStream } from '../../ports/tar-stream.ts';
import { damagedArchive, truncatedArchive } from './archive-refusal.ts';
import { createChunkReader } from './chunk-reader.ts';
import { createTarExtensions, extensionTypes, type TarEntry } from './tar-extensions.ts';
import { blockSize, readHeader } from './tar-header.ts';

/** An archive ends with at least so many blocks of zeros (source: POSIX pax, "ustar Interchange Format"). */
const endMarks = 2;

/** Bytes; no path and no set of attributes comes near it. */
const longestExtension = 1024 * 1024;

/** Bytes up to the next block. */
const padding = (size: number): number => (blockSize - (size % blockSize)) % blockSize;

/**
 * Reads a tar stream entry by entry and waits for `take` on each. Of an entry's content, a piece is good until the next
 * one is asked for; what is not read is skipped. Throws `ArchiveRefused` when the stream breaks off, is no archive or is
 * longer than `limit` bytes, and what `take` throws.
 */
export const readArchive = async (
  tar: TarStream,
  limit: number,
  take: (entry: TarEntry, content: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> => {
  const bytes = createChunkReader(tar, limit);
  const extensions = createTarExtensions();
  let marks = 0;

  const skip = async (length: number) => {
    for (let left = length; left > 0; ) {
      const piece = await bytes.some(left);
      if (piece === null) throw truncatedArchive();
      left -= piece.length;
    }
  };

  const takeEntry = async (entry: TarEntry) => {
    if (!Number.isSafeInteger(entry.size)) throw damagedArchive();
    let left = entry.type === 'directory' ? 0 : entry.size;
    const end = padding(left);
    const content = async function* () {
      while (left > 0) {
        const piece = await bytes.some(left);
        if (piece === null) throw truncatedArchive();
        left -= piece.length;
        yield piece;
      }
    };
    await take(entry, content());
    await skip(left + end);
  };

  try {
    for (;;) {
      const block = await bytes.all(blockSize);
      if (block === null) break;
      const header = readHeader(block);
      marks = header === null ? marks + 1 : 0;
      if (header === null) continue;
      if (extensionTypes.has(header.type)) {
        if (!(header.size > 0 && header.size <= longestExtension)) throw damagedArchive();
        const content = Buffer.from((await bytes.all(header.size)) ?? []);
        if (content.length < header.size) throw truncatedArchive();
        extensions.add(header.type, content);
        await skip(padding(header.size));
      } else await takeEntry(extensions.applyTo(header));
    }
    // A stream that stops between two entries looks whole; only the end mark tells.
    if (marks < endMarks) throw truncatedArchive();
  } finally {
    tar.destroy();
  }
};
