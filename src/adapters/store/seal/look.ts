import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { knownFiles, safeEntryPath, shownPath } from '../../../domain/capture-rules.ts';
import { type Failure, fail, ok, type Result } from '../../../domain/failure.ts';
import { type KeyKind, sealedName } from '../../../domain/seal.ts';
import { contentLimit } from '../facts.ts';
import { unless } from '../file-system.ts';
import type { StoreContext } from '../store-context.ts';
import { authDirOf } from '../work-area.ts';
import { type AgeHeader, contentOf, DamagedSeal, readHeader } from './age-file.ts';
import type { Opened, SealKeys } from './keys.ts';

/** Files whose content is looked at. */
const readFiles: ReadonlySet<string> = new Set([...knownFiles, 'oauth-token']);

export interface SealedFile {
  readonly size: number;
  /** Null when it is larger than what is read of a file. */
  readonly content: Uint8Array | null;
}

/** What lies in a sealed directory. */
export interface Look {
  /** Of the age file itself. */
  readonly stats: Stats;
  readonly header: AgeHeader;
  readonly opened: Opened;
  readonly files: ReadonlyMap<string, SealedFile>;
  /** Every path in it. */
  readonly paths: ReadonlySet<string>;
}

/** A look that did not succeed, and what opens the directory as far as it is known. */
export interface Closed {
  readonly ok: false;
  readonly stats: Stats;
  readonly key: KeyKind;
  readonly failure: Failure;
}

export interface SealContext extends StoreContext {
  readonly keys: SealKeys;
  /** The last look at each directory, as long as its file is the same. */
  readonly looks: Map<string, { readonly stamp: string; readonly look: Look }>;
}

/** The age file of a directory; null when it is not sealed. Throws the system's errors. */
export const sealedFile = ({ files }: StoreContext, directory: string): Promise<Stats | null> =>
  unless(files.lstat(join(directory, sealedName)), 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG');

/**
 * Opens a sealed directory and reads it whole, so that one that was cut or changed anywhere is never taken for good.
 * Only memory ever holds what is in it.
 */
export const lookInto = async (
  context: SealContext,
  directory: string,
  stats: Stats,
  mayAsk: boolean,
): Promise<{ readonly ok: true; readonly value: Look } | Closed> => {
  const { files, keys, looks } = context;
  const path = join(directory, sealedName);
  const stamp = [stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(' ');
  const before = looks.get(directory);
  if (before?.stamp === stamp) return { ok: true, value: before.look };
  let key: KeyKind = 'passphrase';
  try {
    const header = await readHeader(files, path);
    key = header.kind ?? key;
    const opened = await keys.open(authDirOf(directory), header, mayAsk);
    if (!opened.ok) return { ok: false, stats, key, failure: opened.failure };
    const look = {
      stats,
      header,
      opened: opened.value,
      ...(await readAll(context, path, header, opened.value)),
    };
    looks.set(directory, { stamp, look });
    return { ok: true, value: look };
  } catch (error) {
    if (!(error instanceof DamagedSeal)) throw error;
    return { ok: false, stats, key, failure: damaged(directory, error.message).failure };
  }
};

const damaged = (directory: string, why: string) =>
  fail(
    'seal.damaged',
    `${shownPath(join(directory, sealedName))} can't be opened`,
    why,
    'go back to the last snapshot with claude-setup rollback, or bring the file back from a backup',
  );

const readAll = async (
  { files }: SealContext,
  path: string,
  header: AgeHeader,
  { fileKey }: Opened,
): Promise<Pick<Look, 'files' | 'paths'>> => {
  const found = new Map<string, SealedFile>();
  const paths = new Set<string>();
  const { readArchive } = await import('../archive-stream.ts');
  const tar = contentOf(files, path, header, fileKey);
  let broken: Error | null = null;
  tar.on('error', (error) => {
    broken = error;
  });
  try {
    await readArchive(tar, Number.POSITIVE_INFINITY, async ({ name, type, size }, content) => {
      const safe = safeEntryPath(name);
      if (!safe.ok || safe.path === '.') return;
      paths.add(safe.path);
      if (type !== 'file' || !readFiles.has(safe.path)) return;
      if (size > contentLimit) return void found.set(safe.path, { size, content: null });
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      found.set(safe.path, { size, content: Buffer.concat(chunks) });
    });
  } catch (error) {
    if (broken !== null) throw broken;
    throw new DamagedSeal('what is sealed in it is no whole tar archive', { cause: error });
  }
  return { files: found, paths };
};

/** The same for somebody who needs what is in it. */
export const openSealed = async (
  context: SealContext,
  directory: string,
  stats: Stats,
  mayAsk = true,
): Promise<Result<Look>> => {
  const looked = await lookInto(context, directory, stats, mayAsk);
  return looked.ok ? ok(looked.value) : { ok: false, failure: looked.failure };
};

/** The look into a directory that is sealed; null when it is not. */
export const currentLook = async (context: SealContext, directory: string): Promise<Result<Look | null>> => {
  const stats = await sealedFile(context, directory);
  return stats === null ? ok(null) : openSealed(context, directory, stats);
};
