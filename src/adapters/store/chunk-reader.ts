import type { TarStream } from '../../ports/tar-stream.ts';
import { tooLargeArchive, truncatedArchive } from './archive-refusal.ts';

/** Takes a stream's bytes one after the other, wherever its chunks are cut. */
export interface ChunkReader {
  /** The next bytes, at least one and at most so many, as a view that is good until the next call; null at the end. */
  some(most: number): Promise<Uint8Array | null>;
  /** The next bytes, exactly so many, in memory of their own or as such a view. Null at the end; throws when it comes before the last. */
  all(length: number): Promise<Uint8Array | null>;
}

const nothing = new Uint8Array(0);

/** Throws `ArchiveRefused` when the stream breaks off or is longer than `limit` bytes. */
export const createChunkReader = (tar: TarStream, limit: number): ChunkReader => {
  const chunks: AsyncIterator<Uint8Array> = tar[Symbol.asyncIterator]();
  let chunk: Uint8Array = nothing;
  let at = 0;
  let taken = 0;

  const nextChunk = async (): Promise<boolean> => {
    const next = await chunks.next().catch(() => {
      throw truncatedArchive();
    });
    if (next.done) return false;
    chunk = next.value;
    taken += chunk.length;
    if (taken > limit) throw tooLargeArchive(`it is larger than ${limit} bytes`);
    return true;
  };

  const some = async (most: number): Promise<Uint8Array | null> => {
    while (at === chunk.length) {
      if (chunk !== nothing) tar.giveBack?.(chunk);
      chunk = nothing;
      at = 0;
      if (!(await nextChunk())) return null;
    }
    const view = chunk.subarray(at, at + most);
    at += view.length;
    return view;
  };

  return {
    some,
    async all(length) {
      const first = await some(length);
      if (first === null || first.length === length) return first;
      const whole = new Uint8Array(length);
      whole.set(first);
      for (let filled = first.length; filled < length; ) {
        const more = await some(length - filled);
        if (more === null) throw truncatedArchive();
        whole.set(more, filled);
        filled += more.length;
      }
      return whole;
    },
  };
};
