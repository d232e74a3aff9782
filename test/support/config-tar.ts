import { Readable } from 'node:stream';
import { type Header, pack } from 'tar-stream';
import type { TarStream } from '../../src/ports/tar-stream.ts';

/** One entry of an archive under test: its content, or the header fields that make it something else than a 0600 file. */
export type TarEntry = string | Uint8Array | (Partial<Header> & { readonly content?: string });

/** An archive as a runtime's download hands it out, from entries by name (given as they are, so that they can be hostile). */
export const tarBytes = async (entries: Readonly<Record<string, TarEntry>>): Promise<Buffer> =>
  tarOf(Object.entries(entries));

/** The same from a list, so that a name can come twice. */
export const tarOf = async (
  entries: readonly (readonly [name: string, entry: TarEntry])[],
): Promise<Buffer> => {
  const archive = pack();
  for (const [name, entry] of entries) {
    if (typeof entry === 'string' || entry instanceof Uint8Array) {
      archive.entry({ name, mode: 0o600 }, Buffer.from(entry));
    } else {
      const { content, ...header } = entry;
      archive.entry({ name, mode: 0o600, ...header }, Buffer.from(content ?? ''));
    }
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of Readable.from(archive)) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** Bytes as a stream of small chunks, so that nothing depends on where they are cut. */
export const streamOf = (bytes: Uint8Array, chunkSize = 64 * 1024): Readable =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
    })(),
    { objectMode: false },
  );

/** The same from a source that uses its memory again, and overwrites at once what it is given back. */
export const reusingStreamOf = (bytes: Uint8Array, chunkSize: number): TarStream =>
  Object.assign(streamOf(Uint8Array.from(bytes), chunkSize), {
    giveBack: (chunk: Uint8Array) => void chunk.fill(0xff),
  });
