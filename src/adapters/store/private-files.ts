import { fstatSync, type Stats } from 'node:fs';
import { constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode, type FileSystem, unless } from './file-system.ts';

/** Group and others may write. */
export const othersMayWrite = (mode: number): boolean => (mode & 0o022) !== 0;

/** Makes a directory of ours, 0700 whatever the umask. False when one was there already, which is left as it is. */
export const makeDirectory = async (files: FileSystem, path: string): Promise<boolean> => {
  try {
    await files.mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await files.lstat(path)).isDirectory()) return false;
    throw error;
  }
  // The umask can only have taken the owner's own bits away.
  await files.chmod(path, 0o700);
  return true;
};

/** Makes a directory and those above it that are missing, each lasting before the next. One that is there may be a link. */
export const makeDirectories = async (files: FileSystem, path: string): Promise<void> => {
  if ((await unless(files.stat(path), 'ENOENT'))?.isDirectory()) return;
  await makeDirectories(files, dirname(path));
  if (await makeDirectory(files, path)) await syncDirectory(files, dirname(path));
};

/** Makes the names in a directory last. Some file systems can't and say EINVAL; nothing better can be done there. */
export const syncDirectory = async (files: FileSystem, path: string): Promise<void> => {
  const handle = await files.open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await unless(handle.sync(), 'EINVAL', 'ENOTSUP');
  } finally {
    await handle.close();
  }
};

/** How a new file is to be. */
export interface NewFile {
  /** 0600 unless it is a program. */
  readonly mode?: 0o600 | 0o700;
  /** Now unless told. */
  readonly modifiedAt?: Date;
  /** Whether to wait until the content would outlive a loss of power, as all does unless told. */
  readonly lasting?: boolean;
}

/** Writes a new file of ours, whatever the umask. Fails when something is there. */
export const writeNewFile = async (
  files: FileSystem,
  path: string,
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { mode = 0o600, modifiedAt, lasting = true }: NewFile = {},
): Promise<void> => {
  const handle = await files.open(path, 'wx', mode);
  try {
    // A look at an open file costs nothing; only an odd umask makes more of it.
    if ((fstatSync(handle.fd).mode & 0o777) !== mode) await handle.chmod(mode);
    for await (const chunk of content) await handle.writeFile(chunk);
    if (modifiedAt !== undefined && isPossibleTime(modifiedAt)) await handle.utimes(modifiedAt, modifiedAt);
    if (lasting) await handle.sync();
  } finally {
    await handle.close();
  }
};

/** An archive can claim any time; what is out of this range, not every file system takes. */
const isPossibleTime = (time: Date): boolean => time.getTime() >= 0 && time.getTime() < Date.UTC(2100, 0, 1);

/** Removes a tree without following links. Fine when it is not there. */
export const removeTree = async (files: FileSystem, path: string): Promise<void> => {
  const found = await unless(files.lstat(path), 'ENOENT');
  if (found === null) return;
  if (!found.isDirectory()) {
    await unless(files.unlink(path), 'ENOENT');
    return;
  }
  for (const name of await files.readdir(path)) await removeTree(files, join(path, name));
  await unless(files.rmdir(path), 'ENOENT');
};

/** A regular file's content, or why there is none. */
export type FileRead =
  | { readonly kind: 'content'; readonly stats: Stats; readonly content: Uint8Array }
  | { readonly kind: 'too-large'; readonly stats: Stats }
  | { readonly kind: 'not-a-file'; readonly stats: Stats };

/**
 * Reads a file of at most `limit` bytes, links followed. Only a regular file is opened, and without waiting, so that
 * a FIFO, a device or a socket never blocks, not even one put there at the last moment.
 */
export const readFileBounded = async (files: FileSystem, path: string, limit: number): Promise<FileRead> => {
  const before = await files.stat(path);
  if (!before.isFile()) return { kind: 'not-a-file', stats: before };
  const handle = await files.open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) return { kind: 'not-a-file', stats };
    if (stats.size > limit) return { kind: 'too-large', stats };
    const buffer = new Uint8Array(Math.min(stats.size, limit) + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return { kind: 'content', stats, content: buffer.subarray(0, length) };
  } finally {
    await handle.close();
  }
};
