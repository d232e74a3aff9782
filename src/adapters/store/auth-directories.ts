import { basename, dirname, join, resolve } from 'node:path';
import { shownPath } from '../../domain/capture-rules.ts';
import { fail, ok, type Result } from '../../domain/failure.ts';
import type { AuthDirectories } from '../../ports/auth-directories.ts';
import { folderTar } from '../sandbox/folder-tar.ts';
import { guardDirectory, unreadable } from './directory-guard.ts';
import { diskFailure } from './disk-failure.ts';
import { type FileSystem, unless } from './file-system.ts';
import { readFileBounded, removeTree, syncDirectory } from './private-files.ts';
import { type AuthStoreOptions, createStoreContext, type StoreContext } from './store-context.ts';
import { existingAreas } from './work-area.ts';

/** Bytes. The CLI keeps what was typed in every project in it. */
const stateLimit = 64 * 1024 * 1024;

export const createAuthDirectories = (options: AuthStoreOptions): AuthDirectories => {
  const context = createStoreContext(options);
  return {
    realPath: (directory) => realPathOf(context.files, resolve(directory)),
    siblingState: (directory) => siblingState(context.files, resolve(directory)),
    pack: async (directory, instead, signal) => folderTar(resolve(directory), signal, instead),
    purge: (directory, keep) => purge(context, resolve(directory), keep),
  };
};

const realPathOf = async (files: FileSystem, path: string): Promise<string> => {
  // What can't be resolved is compared as it is written.
  const real = await files.realpath(path).catch(() => null);
  if (real !== null || dirname(path) === path) return real ?? path;
  return join(await realPathOf(files, dirname(path)), basename(path));
};

const siblingState = async (files: FileSystem, directory: string): Promise<Result<string | null>> => {
  if (basename(directory) !== '.claude') return ok(null);
  const path = join(dirname(directory), '.claude.json');
  try {
    const read = await unless(readFileBounded(files, path, stateLimit), 'ENOENT', 'ELOOP');
    return ok(read?.kind === 'content' ? Buffer.from(read.content).toString() : null);
  } catch (error) {
    return unreadable(path, error);
  }
};

const purge = async (
  context: StoreContext,
  directory: string,
  keep: readonly string[],
): Promise<Result<void>> => {
  const { files } = context;
  const guarded = await guardDirectory(context, directory);
  if (!guarded.ok) return guarded;
  try {
    const areas = await existingAreas(context, directory);
    if (!areas.ok) return areas;
    const kept = new Set(await Promise.all(keep.map((path) => realPathOf(files, resolve(path)))));
    const real = await realPathOf(files, directory);
    for (const path of kept) {
      if (path === real || path.startsWith(join(real, '/')))
        return notPurged(directory, `${shownPath(path)} is in it`);
    }
    if (guarded.value !== null) {
      const mounted = await findMount(files, directory, guarded.value.dev);
      if (mounted !== null) return notPurged(directory, `something is mounted at ${shownPath(mounted)}`);
      // The login first: whatever stops this half way, no part of what is left can be used by anyone.
      await unless(files.unlink(join(directory, '.credentials.json')), 'ENOENT', 'EISDIR', 'EPERM');
      for (const name of await files.readdir(directory)) await removeTree(files, join(directory, name));
    }
    for (const { path } of areas.value) await removeTree(files, path);
    // A mount point stays as an empty directory: whoever mounted it has to take it away.
    await unless(files.rmdir(directory), 'ENOENT', 'EBUSY');
    if ((await unless(files.stat(dirname(directory)), 'ENOENT')) !== null)
      await syncDirectory(files, dirname(directory));
    return ok(undefined);
  } catch (error) {
    return diskFailure(`${shownPath(directory)} was not removed as a whole`, error);
  }
};

/** The first directory below that is on another file system; null when there is none. */
const findMount = async (files: FileSystem, directory: string, device: number): Promise<string | null> => {
  for (const entry of await files.readdir(directory, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(directory, entry.name);
    if ((await files.lstat(path)).dev !== device) return path;
    const below = await findMount(files, path, device);
    if (below !== null) return below;
  }
  return null;
};

const notPurged = (directory: string, why: string): Result<never> =>
  fail(
    'directory.unsafe',
    `${shownPath(directory)} was not removed`,
    why,
    'remove by hand what is to go; without --purge the profile goes and the directory stays',
  );
