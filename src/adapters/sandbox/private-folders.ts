import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../domain/failure.ts';

/** Makes folders, 0700 whatever the umask. */
export const makeFolders = async (folders: readonly string[]): Promise<Result<void>> => {
  try {
    for (const folder of folders) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chmod(folder, 0o700);
    }
    return ok(undefined);
  } catch (error) {
    return fail(
      'directory.unwritable',
      'There is no place for the sandbox',
      String((error as Error).message),
      'set CLAUDE_SETUP_HOME to a directory that can be written',
    );
  }
};

/** Writes files of a config directory, 0600. */
export const writeFiles = async (configDir: string, files: ReadonlyMap<string, string>): Promise<void> => {
  for (const [path, content] of files) await writeFile(join(configDir, path), content, { mode: 0o600 });
};
