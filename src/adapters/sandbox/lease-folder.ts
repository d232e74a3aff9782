import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../domain/failure.ts';
import { hasEnded, ownIdentity, type ProcessIdentity } from '../store/process-identity.ts';

const prefix = 'claude-setup-lease-';
const ownerName = 'owner.json';

/**
 * A private folder for the working copy of one run, in memory where the system has such a place, else in the settings
 * home. Folders of processes that were killed are removed on the way.
 */
export const openLeaseFolder = async (
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Result<string>> => {
  let why = 'no directory for it can be written';
  for (const parent of [env.XDG_RUNTIME_DIR, '/dev/shm', join(home, 'tmp')]) {
    if (!parent) continue;
    let folder: string | null = null;
    try {
      if (parent.startsWith(home)) await mkdir(parent, { recursive: true, mode: 0o700 });
      await removeAbandoned(parent);
      folder = await mkdtemp(join(parent, prefix));
      await writeFile(join(folder, ownerName), JSON.stringify(await ownIdentity()), { mode: 0o600 });
      return ok(folder);
    } catch (error) {
      why = String((error as Error).message);
      if (folder !== null) await rm(folder, { recursive: true, force: true });
    }
  }
  return fail(
    'directory.unwritable',
    'There is no place for a working copy',
    why,
    'set CLAUDE_SETUP_HOME to a directory that can be written',
  );
};

const removeAbandoned = async (parent: string): Promise<void> => {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(parent, name);
    try {
      // The place is everybody's, so only what is our own is looked into.
      const { uid } = await lstat(folder);
      if (uid !== process.getuid?.()) continue;
      const owner = JSON.parse(await readFile(join(folder, ownerName), 'utf8')) as ProcessIdentity;
      if (await hasEnded(owner)) await rm(folder, { recursive: true, force: true });
    } catch {
      // It is being made or removed by another process just now.
    }
  }
};
