import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Header } from 'tar-stream';
import {
  knownFiles,
  leaveOutTest,
  linkStaysInside,
  safeEntryPath,
  shownName,
} from '../../domain/capture-rules.ts';
import { type Failure, fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import type { StageProgress } from '../../ports/auth-store.ts';
import { createArchiveLedger, type EntryType } from './archive-ledger.ts';
import { diskFailure } from './disk-failure.ts';
import type { FileSystem } from './file-system.ts';
import { makeDirectory } from './private-files.ts';

/** What an archive may hold at most. */
export interface UnpackLimits {
  readonly entries: number;
  /** Bytes of files that are kept. */
  readonly bytes: number;
  /** Bytes of the whole stream, what is left out included. */
  readonly streamBytes: number;
}

export const unpackLimits: UnpackLimits = {
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

const what = 'The state of the session could not be taken over';

class Refused extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.why);
    this.failure = failure;
  }
}

class SourceFailed extends Error {}

const refused = (name: string, problem: string): Refused =>
  new Refused(
    fail(
      'capture.unsafe-archive',
      what,
      `"${shownName(name)}" in it ${problem}`,
      'leave that out (`leaveOut` of the profile) if you know it, else sign in again in a fresh session',
    ).failure,
  );

const damaged = (why: string): Refused =>
  new Refused(fail('capture.unsafe-archive', what, why, 'sign in again in a fresh session').failure);

const tooLarge = (why: string): Refused =>
  new Refused(
    fail('capture.too-large', what, why, 'leave large directories out (`leaveOut` of the profile)').failure,
  );

const truncated = (): Refused =>
  new Refused(
    fail('capture.truncated', what, 'it broke off before its end', 'capture again; the session is kept')
      .failure,
  );

/**
 * Unpacks a tar stream into an empty directory of ours: only plain files, directories and links that stay inside;
 * everything 0600 or 0700 and ours. Nothing is trusted, and the first thing that is not right ends it.
 */
export const unpack = async (
  files: FileSystem,
  tar: Readable,
  directory: string,
  options: UnpackOptions,
): Promise<Result<StageProgress>> => {
  const { signal, limits = unpackLimits } = options;
  const { extract } = await import('tar-stream');
  const archive = extract();
  let archiveError: unknown;
  archive.on('error', (error) => {
    archiveError = error;
  });
  const measured = { bytes: 0, tail: new Uint8Array(0) };
  const source = Readable.from(measure(tar, measured, limits.streamBytes), { objectMode: false });
  source.on('error', (error) => archive.destroy(error));
  const abort = () => tar.destroy(new Error('aborted'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    if (signal.aborted) throw new SourceFailed();
    source.pipe(archive);
    const unpacker = createUnpacker(files, directory, options, limits);
    let end = 0;
    for await (const entry of archive) {
      end = entry.offset + 512 + Math.ceil(entry.header.size / 512) * 512;
      await unpacker.take(entry.header, chunksOf(entry));
      entry.resume();
    }
    if (!endsProperly(measured, end)) throw truncated();
    return ok(unpacker.progress());
  } catch (error) {
    if (signal.aborted) return interrupted(what);
    if (error instanceof Refused) return { ok: false, failure: error.failure };
    if (error instanceof SourceFailed) return { ok: false, failure: truncated().failure };
    if (error !== archiveError) return diskFailure(what, error);
    const broke = error instanceof Error && error.message === 'Unexpected end of data';
    return {
      ok: false,
      failure: (broke ? truncated() : damaged('it is no tar archive, or a damaged one')).failure,
    };
  } finally {
    signal.removeEventListener('abort', abort);
    tar.destroy();
    source.destroy();
    archive.destroy();
  }
};

/** Passes a stream on, counting it and keeping its last 1024 bytes. */
async function* measure(tar: Readable, measured: { bytes: number; tail: Uint8Array }, limit: number) {
  try {
    for await (const chunk of tar) {
      measured.bytes += chunk.length;
      if (measured.bytes > limit) throw tooLarge(`it is larger than ${limit} bytes`);
      measured.tail =
        chunk.length >= endMark
          ? chunk.subarray(-endMark)
          : Buffer.concat([measured.tail, chunk]).subarray(-endMark);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof Refused ? error : new SourceFailed('the stream broke off', { cause: error });
  }
}

/** Bytes; an archive ends with two blocks of zeros (source: POSIX pax, "ustar Interchange Format"). */
const endMark = 1024;

/** tar-stream's typings leave out that its streams can be iterated. */
const chunksOf = (entry: object): AsyncIterable<Uint8Array> => {
  if (!isIterable(entry)) throw new TypeError('an entry of the archive has no content to read');
  return entry;
};

const isIterable = (value: object): value is AsyncIterable<Uint8Array> => Symbol.asyncIterator in value;

/** tar-stream takes a stream that stops between two entries for a whole one; only the end mark tells. */
const endsProperly = ({ bytes, tail }: { bytes: number; tail: Uint8Array }, end: number): boolean =>
  bytes - end >= endMark && tail.every((byte) => byte === 0);

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

const createUnpacker = (
  files: FileSystem,
  directory: string,
  { leaveOut, onProgress }: UnpackOptions,
  limits: UnpackLimits,
) => {
  const isLeftOut = leaveOutTest(leaveOut);
  const ledger = createArchiveLedger();
  let entries = 0;
  let count = 0;
  let bytes = 0;

  /** The entry's path and type when it is to be written, null when it is left out. Throws when it is refused. */
  const admit = (header: Header): { path: string; type: EntryType } | null => {
    const { name, size } = header;
    entries += 1;
    if (Math.max(entries, ledger.size) > limits.entries)
      throw tooLarge(`it has more than ${limits.entries} entries`);
    const safe = safeEntryPath(name);
    if (!safe.ok) throw refused(name, safe.problem);
    const { path } = safe;
    const type = isSparse(header) ? undefined : keptTypes[String(header.type)];
    if (path === '.') {
      if (type === 'directory') return null;
      throw refused(name, 'takes the place of the directory itself');
    }
    if (knownFiles.has(path) && type !== 'file') throw refused(name, 'is no plain file');
    if (isLeftOut(path)) return null;
    if (type === undefined)
      throw refused(name, `is ${typeWords[String(header.type)] ?? 'of an unknown type'}`);
    if (type !== 'file' && size !== 0) throw refused(name, 'has data that its type can not have');
    if (bytes + size > limits.bytes) throw tooLarge(`its files are larger than ${limits.bytes} bytes`);
    return { path, type };
  };

  return {
    progress: (): StageProgress => ({ files: count, bytes }),
    async take(header: Header, content: AsyncIterable<Uint8Array>): Promise<void> {
      const admitted = admit(header);
      if (admitted === null) return;
      const { path, type } = admitted;
      const entered = ledger.add(path, type);
      if (!entered.ok) throw refused(header.name, entered.problem);
      for (const made of entered.newDirectories) await makeDirectory(files, join(directory, made));
      if (type === 'directory') return;
      if (type === 'symlink') {
        const target = header.linkname ?? '';
        if (!linkStaysInside(path, target))
          throw refused(header.name, 'is a link that leads out of the directory');
        await files.symlink(target, join(directory, path));
      } else {
        await writeFile(files, join(directory, path), header, content);
      }
      count += 1;
      bytes += header.size;
      onProgress?.({ files: count, bytes });
    },
  };
};

const isSparse = ({ pax }: Header): boolean =>
  typeof pax === 'object' && pax !== null && Object.keys(pax).some((key) => key.startsWith('GNU.sparse'));

/** A mode of ours for theirs: 0600, 0700 when they could execute it. */
const modeOf = ({ mode }: Header): 0o600 | 0o700 => ((mode & 0o100) === 0 ? 0o600 : 0o700);

const writeFile = async (
  files: FileSystem,
  path: string,
  header: Header,
  content: AsyncIterable<Uint8Array>,
): Promise<void> => {
  const mode = modeOf(header);
  const handle = await files.open(path, 'wx', mode);
  try {
    await handle.chmod(mode);
    for await (const chunk of content) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
};
