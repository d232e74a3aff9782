import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../domain/failure.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** tmpfs and ramfs, as statfs tells them (source: statfs(2)). */
const inMemory: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

/** Where directories in memory are, the best first. */
const candidates = ({ XDG_RUNTIME_DIR }: Env): readonly string[] =>
  [XDG_RUNTIME_DIR, '/dev/shm'].flatMap((place) => (place ? [place] : []));

/** Whether what lies in a directory is in memory. */
export const isInMemory = async (path: string): Promise<boolean> => {
  const found = await statfs(path).catch(() => null);
  return found !== null && inMemory.has(found.type);
};

/** The directories that stand for a settings home in memory, whether they are there or not. */
export const memoryHomes = (home: string, env: Env): readonly string[] => {
  const name = `claude-setup-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`;
  return candidates(env).map((place) => join(place, name));
};

/**
 * A private directory in memory for what is never to lie on a disk. It outlives this process, not the machine's power.
 * A failure where there is no such place.
 */
export const openMemoryHome = async (home: string, env: Env): Promise<Result<string>> => {
  for (const path of memoryHomes(home, env)) {
    if (!(await isInMemory(join(path, '..')))) continue;
    try {
      await mkdir(path, { recursive: true, mode: 0o700 });
      // The place can be everybody's: what stands there under this name may have been put there by somebody else.
      const found = await lstat(path);
      if (!found.isDirectory() || found.uid !== process.getuid?.()) continue;
      await chmod(path, 0o700);
      return ok(path);
    } catch {
      // The next one is tried.
    }
  }
  return fail(
    'directory.unwritable',
    'There is no place in memory for a sealed login',
    'neither XDG_RUNTIME_DIR nor /dev/shm is a directory in memory that can be written',
    'mount a tmpfs at /dev/shm, use the docker runtime, or unseal the profile',
  );
};
