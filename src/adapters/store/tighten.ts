import { join } from 'node:path';
import { shownPath } from '../../domain/capture-rules.ts';
import { fail, ok, type Result } from '../../domain/failure.ts';
import { diskFailure } from './disk-failure.ts';
import type { FileSystem } from './file-system.ts';

/**
 * Sets directories to 0700 and files to 0600, or 0700 where their owner may run them. From the top down: once the
 * directory is ours alone, nobody can swap what is in it for a link between the look and the change.
 */
export const tightenDirectory = async (files: FileSystem, authDir: string): Promise<Result<void>> => {
  const what = `The permissions of ${shownPath(authDir)} were not changed`;
  try {
    if (!(await files.lstat(authDir)).isDirectory()) {
      return fail(
        'directory.unsafe',
        what,
        'it is a link or no directory',
        'give the real path of the directory',
      );
    }
    await tighten(files, authDir);
    return ok(undefined);
  } catch (error) {
    return diskFailure(what, error);
  }
};

const tighten = async (files: FileSystem, path: string): Promise<void> => {
  const found = await files.lstat(path);
  if (found.isFile()) return files.chmod(path, found.mode & 0o100 ? 0o700 : 0o600);
  if (!found.isDirectory()) return;
  await files.chmod(path, 0o700);
  for (const name of await files.readdir(path)) await tighten(files, join(path, name));
};
