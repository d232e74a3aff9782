import { join } from 'node:path';
import {
  hasToLast,
  isKnownInDisguise,
  knownFiles,
  leaveOutTest,
  linkStaysInside,
  safeEntryPath,
} from '../../domain/capture-rules.ts';
import { interrupted, ok, type Result } from '../../domain/failure.ts';
import type { StageProgress } from '../../ports/auth-store.ts';
import type { TarStream } from '../../ports/tar-stream.ts';
import { createArchiveLedger, type EntryType } from './archive-ledger.ts';
import { ArchiveRefused, notTakenOver, refusedEntry, tooLargeArchive } from './archive-refusal.ts';
import { boundedTasks } from './bounded-tasks.ts';
import { diskFailure } from './disk-failure.ts';
import type { FileSystem } from './file-system.ts';
import { makeDirectory, writeNewFile } from './private-files.ts';
import type { TarEntry } from './tar-extensions.ts';

/** What an archive may hold at most. */
export interface UnpackLimits {
  readonly entries: number;
  /** Bytes of files that are kept. */
  readonly bytes: number;
  /** Bytes of the whole stream, what is left out included. */
  readonly streamBytes: number;
}

const defaultLimits: UnpackLimits = {
  entries: 100_000,
  bytes: 2 * 1024 ** 3,
  streamBytes: 8 * 1024 ** 3,
};

export interface UnpackOptions {
  readonly leaveOut: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: StageProgress) => void;
  readonly limits?: UnpackLimits;
}

/** What an archive says about a file. */
export type EntryAbout = Pick<TarEntry, 'size' | 'mode' | 'mtime'>;

/** Where the entries of an archive go that were found fit to be taken. */
export interface UnpackSink {
  directory(path: string): Promise<void>;
  /** A piece of the content is good until the next one is asked for. May resolve when it has only been read. */
  file(path: string, about: EntryAbout, content: AsyncIterable<Uint8Array>): Promise<void>;
  link(path: string, target: string): Promise<void>;
  /** Resolves when everything that was begun is over, and rejects when something of it failed. */
  finish(): Promise<void>;
  /** Resolves when everything that was begun is over, well or not. */
  settled(): Promise<void>;
}

/** Unpacks a tar stream into an empty directory of ours; everything 0600 or 0700 and ours. */
export const unpack = (
  files: FileSystem,
  tar: TarStream,
  directory: string,
  options: UnpackOptions,
): Promise<Result<StageProgress>> => takeOver(tar, directorySink(files, directory), options);

/**
 * Takes an archive over: only plain files, directories and links that stay inside. Nothing is trusted, and the first
 * thing that is not right ends it.
 */
export const takeOver = async (
  tar: TarStream,
  sink: UnpackSink,
  options: UnpackOptions,
): Promise<Result<StageProgress>> => {
  const { signal, limits = defaultLimits } = options;
  const abort = () => tar.destroy(new Error('aborted'));
  signal.addEventListener('abort', abort, { once: true });
  const unpacker = createUnpacker(sink, options, limits);
  try {
    if (signal.aborted) return interrupted(notTakenOver);
    // Loaded only now: most commands never unpack anything.
    const { readArchive } = await import('./archive-stream.ts');
    await readArchive(tar, limits.streamBytes, unpacker.take);
    return ok(await unpacker.finish());
  } catch (error) {
    await sink.settled();
    if (signal.aborted) return interrupted(notTakenOver);
    if (error instanceof ArchiveRefused) return { ok: false, failure: error.failure };
    return diskFailure(notTakenOver, error);
  } finally {
    signal.removeEventListener('abort', abort);
    tar.destroy();
  }
};

const keptTypes: Readonly<Record<string, EntryType>> = {
  file: 'file',
  directory: 'directory',
  symlink: 'symlink',
};

const typeWords: Readonly<Record<string, string>> = {
  link: 'a hard link',
  'character-device': 'a device',
  'block-device': 'a device',
  fifo: 'a FIFO',
};

/** Bytes; a file of at most this size is held whole and written while the next ones arrive. */
const smallFile = 512 * 1024;

/** Small files that are under way at the same time: enough that the threads that write never wait for the next one. */
const atOnce = 32;

/** Writes into a directory, small files while the next ones arrive. */
const directorySink = (files: FileSystem, directory: string): UnpackSink => {
  const writing = boundedTasks(atOnce);
  // Used again and again: a new one for every file would keep the collector of garbage busier than the disk.
  const buffers: Uint8Array[] = [];
  return {
    directory: async (path) => void (await makeDirectory(files, join(directory, path))),
    link: (path, target) => files.symlink(target, join(directory, path)),
    async file(path, { size, mode, mtime }, content) {
      const target = join(directory, path);
      const about = { mode: modeOf({ mode }), modifiedAt: mtime, lasting: hasToLast(path) };
      if (size > smallFile) return writeNewFile(files, target, content, about);
      const buffer = buffers.pop() ?? new Uint8Array(smallFile);
      let length = 0;
      for await (const chunk of content) {
        buffer.set(chunk, length);
        length += chunk.length;
      }
      await writing.start(async () => {
        await writeNewFile(files, target, [buffer.subarray(0, length)], about);
        buffers.push(buffer);
      });
    },
    finish: () => writing.finish(),
    settled: () => writing.settled(),
  };
};

const createUnpacker = (sink: UnpackSink, { leaveOut, onProgress }: UnpackOptions, limits: UnpackLimits) => {
  const isLeftOut = leaveOutTest(leaveOut);
  const ledger = createArchiveLedger();
  let entries = 0;
  let count = 0;
  let bytes = 0;

  /** The entry's path and type when it is to be written, null when it is left out. Throws when it is refused. */
  const admit = (entry: TarEntry): { path: string; type: EntryType } | null => {
    const { name, size } = entry;
    entries += 1;
    if (Math.max(entries, ledger.size) > limits.entries) {
      throw tooLargeArchive(`it has more than ${limits.entries} entries`);
    }
    const safe = safeEntryPath(name);
    if (!safe.ok) throw refusedEntry(name, safe.problem);
    const { path } = safe;
    const type = entry.isSparse ? undefined : keptTypes[entry.type];
    if (path === '.') {
      if (type === 'directory') return null;
      throw refusedEntry(name, 'takes the place of the directory itself');
    }
    if (knownFiles.has(path) && type !== 'file') throw refusedEntry(name, 'is no plain file');
    if (isKnownInDisguise(path)) throw refusedEntry(name, 'is another spelling of a known file');
    if (isLeftOut(path)) return null;
    if (type === undefined) {
      throw refusedEntry(name, `is ${typeWords[entry.type] ?? 'of a type that is not taken'}`);
    }
    if (type !== 'file' && size !== 0) throw refusedEntry(name, 'has data that its type can not have');
    if (bytes + size > limits.bytes) {
      throw tooLargeArchive(`its files are larger than ${limits.bytes} bytes`);
    }
    return { path, type };
  };

  return {
    finish: async (): Promise<StageProgress> => {
      await sink.finish();
      return { files: count, bytes };
    },
    take: async (entry: TarEntry, content: AsyncIterable<Uint8Array>): Promise<void> => {
      const admitted = admit(entry);
      if (admitted === null) return;
      const { path, type } = admitted;
      const entered = ledger.add(path, type);
      if (!entered.ok) throw refusedEntry(entry.name, entered.problem);
      for (const made of entered.newDirectories) await sink.directory(made);
      if (type === 'directory') return;
      if (type === 'symlink') {
        const target = entry.linkname;
        if (!linkStaysInside(path, target)) {
          throw refusedEntry(
            entry.name,
            'is a link that leads out of the directory, or to a name that no file can have',
          );
        }
        await sink.link(path, target);
      } else {
        await sink.file(path, entry, content);
      }
      count += 1;
      bytes += entry.size;
      onProgress?.({ files: count, bytes });
    },
  };
};

/** A mode of ours for theirs: 0600, or 0700 when they could execute it. */
export const modeOf = ({ mode }: Pick<EntryAbout, 'mode'>): 0o600 | 0o700 =>
  (mode & 0o100) === 0 ? 0o600 : 0o700;
