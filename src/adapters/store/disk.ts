import { constants } from 'node:fs';
import { dirname } from 'node:path';
import type { DiskSpace } from '../../ports/auth-store.ts';
import { errorCode, type FileSystem } from './file-system.ts';

/** The file system that a directory is on, or would be made on. Null when it can't be learnt. */
export const diskOf = async (files: FileSystem, path: string): Promise<DiskSpace | null> => {
  try {
    const { bavail, bsize } = await files.statfs(path);
    const free = bavail * bsize;
    return { freeBytes: Number.isFinite(free) ? free : null, readOnly: await isReadOnly(files, path) };
  } catch (error) {
    const missing = ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
    return missing && dirname(path) !== path ? diskOf(files, dirname(path)) : null;
  }
};

/** Asked of the system, which says EROFS to everybody, the superuser included, and EACCES where only the rights are missing. */
const isReadOnly = (files: FileSystem, path: string): Promise<boolean> =>
  files.access(path, constants.W_OK).then(
    () => false,
    (error: unknown) => errorCode(error) === 'EROFS',
  );
