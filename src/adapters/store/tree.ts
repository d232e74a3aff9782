import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { storeOwnPrefix } from '../../domain/capture-rules.ts';
import { errorCode, type FileSystem, unless } from './file-system.ts';
import { makeDirectory, syncDirectory, writeNewFile } from './private-files.ts';

/** What lies in a tree, as paths relative to it; a directory before what is in it. */
export interface TreeList {
  readonly directories: readonly string[];
  /** Regular files and links. */
  readonly files: readonly string[];
}

/** Lists a tree's directories, files and links without following any; whatever else there is, is passed over. */
export const listTree = async (
  files: FileSystem,
  root: string,
  isLeftOut: (path: string) => boolean = () => false,
): Promise<TreeList> => {
  const list = { directories: [] as string[], files: [] as string[] };
  const walk = async (directory: string): Promise<void> => {
    const entries = await unless(files.readdir(join(root, directory), { withFileTypes: true }), 'ENOENT');
    for (const entry of (entries ?? []).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(directory, entry.name);
      if (isLeftOut(path)) continue;
      if (entry.isDirectory()) {
        list.directories.push(path);
        await walk(path);
      } else if (entry.isFile() || entry.isSymbolicLink()) list.files.push(path);
    }
  };
  await walk('');
  return list;
};

/** Bytes. */
const bufferSize = 256 * 1024;

async function* contentOf(handle: FileHandle): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(bufferSize);
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, bufferSize, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * Copies a regular file or a link, which is not followed, to a new place: ours, 0600 or 0700, the time kept, lasting.
 * False when it is gone or has become something else.
 */
export const copyEntry = async (files: FileSystem, from: string, to: string): Promise<boolean> => {
  const found = await unless(files.lstat(from), 'ENOENT');
  if (found?.isSymbolicLink()) {
    await files.symlink(await files.readlink(from), to);
    return true;
  }
  if (!found?.isFile()) return false;
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
  const source = await unless(files.open(from, flags), 'ENOENT', 'ELOOP');
  if (source === null) return false;
  try {
    const stats = await source.stat();
    if (!stats.isFile()) return false;
    const mode = (stats.mode & 0o100) === 0 ? 0o600 : 0o700;
    await writeNewFile(files, to, contentOf(source), { mode, modifiedAt: stats.mtime });
    return true;
  } finally {
    await source.close();
  }
};

/** Copies a tree into a directory of ours that is there and empty, and makes all of it last. */
export const copyTree = async (
  files: FileSystem,
  from: string,
  to: string,
  isLeftOut: (path: string) => boolean = () => false,
): Promise<void> => {
  const list = await listTree(files, from, isLeftOut);
  for (const path of list.directories) await makeDirectory(files, join(to, path));
  for (const path of list.files) await copyEntry(files, join(from, path), join(to, path));
  await syncTree(files, to, list.directories);
};

/** Makes the names in a tree last, innermost first. */
const syncTree = async (files: FileSystem, root: string, directories: readonly string[]): Promise<void> => {
  for (const path of [...directories].reverse()) await syncDirectory(files, join(root, path));
  await syncDirectory(files, root);
};

/** Where a file is copied to before its rename, when it can't be renamed from where it is. */
const partOf = (to: string, id: string): string => join(dirname(to), `${storeOwnPrefix}-${id}.part`);

/**
 * Moves a file or link into an auth directory in one step, over what is there. From another file system (the auth
 * directory is a mount point) it is copied beside its place first. An empty directory, such as Docker makes for a
 * missing file that is to be mounted, gives way.
 */
export const moveInto = async (files: FileSystem, from: string, to: string, id: string): Promise<void> => {
  try {
    await files.rename(from, to);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EISDIR') {
      await files.rmdir(to);
      return moveInto(files, from, to, id);
    }
    if (code !== 'EXDEV') throw error;
    const part = partOf(to, id);
    await unless(files.unlink(part), 'ENOENT');
    await copyEntry(files, from, part);
    await moveInto(files, part, to, id);
    await syncDirectory(files, dirname(to));
    await files.unlink(from);
  }
};

/** Removes what an interrupted `moveInto` of this id can have left for these files. */
export const removeParts = async (
  files: FileSystem,
  root: string,
  paths: readonly string[],
  id: string,
): Promise<void> => {
  for (const part of new Set(paths.map((path) => partOf(join(root, path), id)))) {
    await unless(files.unlink(part), 'ENOENT', 'ENOTDIR');
  }
};
