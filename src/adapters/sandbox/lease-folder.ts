import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../domain/failure.ts';
import { hasEnded, ownIdentity, type ProcessIdentity } from '../store/process-identity.ts';
import { isInMemory } from './memory-place.ts';
import { endProcess } from './processes.ts';

const prefix = 'claude-setup-lease-';
const ownerName = 'owner.json';
/** Names the process group that works in the folder, where it is not to outlive the folder's owner. */
export const programName = 'program.json';

type Env = Readonly<Record<string, string | undefined>>;

/** Where such folders may lie, the best first. */
const placesFor = (home: string, env: Env): readonly string[] =>
  [env.XDG_RUNTIME_DIR, '/dev/shm', join(home, 'tmp')].flatMap((place) => (place ? [place] : []));

/** Removes the folders of processes that were killed, and ends what still works in them; how many there were. */
export const removeLeaseFolders = async (home: string, env: Env): Promise<number> => {
  let removed = 0;
  for (const place of placesFor(home, env)) removed += await removeAbandoned(place).catch(() => 0);
  return removed;
};

/**
 * A private folder for the working copy of one run, in memory where the system has such a place, else in the settings
 * home. Folders of processes that were killed are removed on the way.
 */
export const openLeaseFolder = async (
  home: string,
  env: Env,
  { onlyInMemory = false } = {},
): Promise<Result<string>> => {
  let why = 'no directory for it can be written';
  for (const parent of placesFor(home, env)) {
    let folder: string | null = null;
    if (onlyInMemory && !(await isInMemory(parent))) {
      why = 'the profile is sealed, and neither XDG_RUNTIME_DIR nor /dev/shm is a directory in memory';
      continue;
    }
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

const removeAbandoned = async (parent: string): Promise<number> => {
  let removed = 0;
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(parent, name);
    try {
      // The place is everybody's, so only what is our own is looked into.
      const { uid } = await lstat(folder);
      if (uid !== process.getuid?.()) continue;
      const owner = JSON.parse(await readFile(join(folder, ownerName), 'utf8')) as ProcessIdentity;
      if (!(await hasEnded(owner))) continue;
      const program = await readFile(join(folder, programName), 'utf8').catch(() => null);
      if (program !== null) await endProcess(JSON.parse(program) as ProcessIdentity);
      await rm(folder, { recursive: true, force: true });
      removed += 1;
    } catch {
      // It is being made or removed by another process just now.
    }
  }
  return removed;
};
