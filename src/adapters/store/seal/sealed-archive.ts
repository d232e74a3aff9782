import { constants, type Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pack } from 'tar-stream';
import { leaveOutTest, safeEntryPath } from '../../../domain/capture-rules.ts';
import { ok, type Result } from '../../../domain/failure.ts';
import { sealedName } from '../../../domain/seal.ts';
import type { StageProgress } from '../../../ports/auth-store.ts';
import { directoriesAbove } from '../archive-ledger.ts';
import { errorCode, type FileSystem } from '../file-system.ts';
import { listTree } from '../tree.ts';
import { modeOf, takeOver, type UnpackOptions, type UnpackSink } from '../unpack.ts';
import { type SealKey, writeSealed } from './age-file.ts';

/** Something that puts entries into a sealed file. Entries that an earlier source has brought are passed over. */
export type Source = (sink: UnpackSink) => Promise<Result<StageProgress>>;

/**
 * Writes a new sealed file from sources; of what two of them bring, the first one's is taken. When it fails the file is
 * a part of one and to be removed.
 */
export const sealInto = async (
  files: FileSystem,
  path: string,
  key: SealKey,
  sources: readonly Source[],
): Promise<Result<StageProgress>> => {
  const { newArchive } = await import('./new-archive.ts');
  const tar = newArchive();
  const stop = (error: unknown): never => {
    tar.destroy();
    throw error;
  };
  const [written, filled] = await Promise.allSettled([
    writeSealed(files, path, key, Readable.from(tar, { objectMode: false })).catch(stop),
    fill(tar, sources).then((brought) => {
      if (!brought.ok) tar.destroy();
      return brought;
    }, stop),
  ]);
  // The side that only heard that the other one had ended has nothing to say.
  if (written.status === 'rejected' && !isCutOff(written.reason)) throw written.reason;
  if (filled.status === 'rejected') throw filled.reason;
  if (written.status === 'rejected' && filled.value.ok) throw written.reason;
  return filled.value;
};

const isCutOff = (error: unknown): boolean => errorCode(error)?.startsWith('ERR_STREAM') === true;

const fill = async (tar: Pack, sources: readonly Source[]): Promise<Result<StageProgress>> => {
  const sink = tarSink(tar);
  const total = { files: 0, bytes: 0 };
  for (const source of sources) {
    const brought = await source(sink);
    if (!brought.ok) return brought;
    total.files += brought.value.files;
    total.bytes += brought.value.bytes;
  }
  tar.finalize();
  return ok(total);
};

/** Writes entries into an archive, each path once: the first one to come stays. */
const tarSink = (tar: Pack): UnpackSink => {
  const seen = new Map<string, 'directory' | 'other'>();
  const isTaken = (path: string): boolean =>
    seen.has(path) || directoriesAbove(path).some((above) => seen.get(above) === 'other');
  return {
    async directory(path) {
      if (isTaken(path)) return;
      seen.set(path, 'directory');
      tar.entry({ name: `${path}/`, type: 'directory', mode: 0o700 });
    },
    async link(path, target) {
      if (isTaken(path)) return;
      seen.set(path, 'other');
      tar.entry({ name: path, type: 'symlink', linkname: target });
    },
    async file(path, { size, mode, mtime }, content) {
      if (isTaken(path)) return;
      seen.set(path, 'other');
      await pipeline(copied(content), tar.entry({ name: path, size, mode: modeOf({ mode }), mtime }));
    },
    finish: async () => {},
    settled: async () => {},
  };
};

/** The archive keeps pieces longer than they are good. */
async function* copied(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of content) yield Uint8Array.from(piece);
}

/** What an archive brings, looked at as strictly as any other. */
export const archiveSource =
  (tar: () => Readable, options?: UnpackOptions): Source =>
  (sink) =>
    takeOver(tar(), sink, options ?? { leaveOut: [], signal: new AbortController().signal });

/** Single files by path, with the directories above them. */
export const contentSource =
  (contents: ReadonlyMap<string, string>, now: number): Source =>
  async (sink) => {
    let bytes = 0;
    for (const [name, content] of contents) {
      const safe = safeEntryPath(name);
      if (!safe.ok) throw new Error(`"${name}" ${safe.problem}`);
      for (const above of directoriesAbove(safe.path)) await sink.directory(above);
      const data = Buffer.from(content);
      bytes += data.length;
      const about = { size: data.length, mode: 0o600, mtime: new Date(now) };
      await sink.file(safe.path, about, Readable.from([data]));
    }
    return ok({ files: contents.size, bytes });
  };

/** A file as it was when it was packed. */
export interface PackedFile {
  readonly path: string;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

export const packedFile = async (files: FileSystem, root: string, path: string): Promise<PackedFile> => {
  return packedAs(path, await files.lstat(join(root, path)));
};

const packedAs = (path: string, { size, mtimeMs }: Stats): PackedFile => ({
  path,
  size,
  modifiedAt: mtimeMs,
});

/** The plain files of a tree; what was taken is noted in `packed`. */
export const treeSource =
  (files: FileSystem, root: string, packed: PackedFile[] = []): Source =>
  async (sink) => {
    const tree = await listTree(files, root, notSealed);
    let bytes = 0;
    for (const path of tree.directories) await sink.directory(path);
    for (const path of tree.files) {
      const found = await files.lstat(join(root, path));
      packed.push(packedAs(path, found));
      if (found.isSymbolicLink()) await sink.link(path, await files.readlink(join(root, path)));
      else bytes += await packFile(files, sink, root, path, found);
    }
    return ok({ files: tree.files.length, bytes });
  };

const packFile = async (
  files: FileSystem,
  sink: UnpackSink,
  root: string,
  path: string,
  { size, mode, mtime }: Stats,
): Promise<number> => {
  const handle = await files.open(
    join(root, path),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  );
  try {
    await sink.file(path, { size, mode, mtime }, exactly(handle, size));
    return size;
  } finally {
    await handle.close();
  }
};

/** So many bytes, as the header has promised; a file that somebody cuts meanwhile ends it all. */
async function* exactly(handle: FileHandle, size: number): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; ) {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(left, 64 * 1024)), 0, null, null);
    if (bytesRead === 0) throw Object.assign(new Error('the file was cut meanwhile'), { code: 'EBUSY' });
    left -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** What of a directory is never sealed: what belongs to the store itself, and what is sealed already. */
export const notSealed = leaveOutTest([sealedName]);
