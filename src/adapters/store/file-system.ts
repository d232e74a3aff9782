import * as fs from 'node:fs/promises';

/** The file-system calls that the store makes. One narrow list, so that a test can count, fail or cut off every single one. */
export type FileSystem = Pick<
  typeof fs,
  | 'access'
  | 'chmod'
  | 'lstat'
  | 'mkdir'
  | 'open'
  | 'readdir'
  | 'readlink'
  | 'realpath'
  | 'rename'
  | 'rmdir'
  | 'stat'
  | 'statfs'
  | 'symlink'
  | 'unlink'
>;

export const realFileSystem: FileSystem = fs;

export const errorCode = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;

/** The outcome of `promise`, or null when it failed with one of these codes. */
export const unless = async <T>(promise: Promise<T>, ...codes: readonly string[]): Promise<T | null> => {
  try {
    return await promise;
  } catch (error) {
    if (codes.includes(errorCode(error) ?? '')) return null;
    throw error;
  }
};
