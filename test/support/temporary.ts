import { chmod, lstat, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A private HOME of a test's own, with a place for `CLAUDE_SETUP_HOME` in it. */
export interface Temporary {
  /** Real path of the folder that holds everything below. */
  readonly root: string;
  readonly home: string;
  /** For `CLAUDE_SETUP_HOME`; not made yet. */
  readonly setupHome: string;
  /** An auth directory's path; not made yet. */
  readonly authDir: string;
  /** HOME and the variables that would lead out of it, for child processes and fake hosts. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Makes a temporary HOME. The caller removes it; inside a test use `temporary`, which does so by itself. */
export const makeTemporary = async (base = tmpdir()): Promise<Temporary> => {
  const root = await realpath(await mkdtemp(join(base, 'claude-setup-test-')));
  const home = join(root, 'home');
  const setupHome = join(root, 'setup');
  await mkdir(home, { mode: 0o700 });
  return {
    root,
    home,
    setupHome,
    authDir: join(home, '.claude-hub'),
    env: {
      HOME: home,
      CLAUDE_SETUP_HOME: setupHome,
      CLAUDE_CONFIG_DIR: join(home, '.claude'),
      PATH: process.env.PATH ?? '',
    },
    remove: async () => {
      await openUp(root);
      await rm(root, { recursive: true, force: true });
    },
  };
};

/** A temporary HOME for the running test, removed when it has finished. */
export const temporary = async (base?: string): Promise<Temporary> => {
  const made = await makeTemporary(base);
  onTestFinished(() => made.remove());
  return made;
};

/** Directories that a test closed can't be emptied by a plain user. */
const openUp = async (path: string): Promise<void> => {
  const found = await lstat(path).catch(() => null);
  if (!found?.isDirectory()) return;
  await chmod(path, 0o700);
  for (const name of await readdir(path)) await openUp(join(path, name));
};
