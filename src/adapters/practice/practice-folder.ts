import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasEnded, ownIdentity, type ProcessIdentity } from '../store/process-identity.ts';

const prefix = 'claude-setup-practice-';
const ownerName = 'owner.json';

export interface PracticeFolder {
  readonly path: string;
  /** Removes it with everything in it. Safe to call twice. */
  remove(): Promise<void>;
}

/** A temporary folder, removed on every way out; those of processes that were killed are removed on the way in. */
export const openPracticeFolder = async (): Promise<PracticeFolder> => {
  const parent = await realpath(tmpdir());
  await removeAbandoned(parent);
  const path = await mkdtemp(join(parent, prefix));
  await writeFile(join(path, ownerName), JSON.stringify(await ownIdentity()), { mode: 0o600 });
  // The last word: also when a second signal ends the process at once.
  const atExit = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', atExit);
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
      process.off('exit', atExit);
    },
  };
};

const removeAbandoned = async (parent: string): Promise<void> => {
  for (const name of (await readdir(parent)).filter((one) => one.startsWith(prefix))) {
    try {
      const owner = JSON.parse(await readFile(join(parent, name, ownerName), 'utf8')) as ProcessIdentity;
      if (await hasEnded(owner)) await rm(join(parent, name), { recursive: true, force: true });
    } catch {
      // It is being made or removed just now, or is somebody else's.
    }
  }
};

/** A folder below the practice folder, for one room. */
export const openRoom = async ({ path }: PracticeFolder, name: string, home: string): Promise<string> => {
  const root = join(path, name);
  await mkdir(join(root, home), { recursive: true, mode: 0o700 });
  return root;
};
