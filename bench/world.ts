import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, bundleProgram } from '../scripts/bundle.js';
import { loginText, stateText } from '../test/support/logins.ts';
import type { Env } from './processes.ts';

/** What the rows work with: the program built as it is published, and people's homes. */
export interface World {
  readonly root: string;
  /** Samples of each; more where one is cheap. */
  readonly rounds: number;
  /** The command line of the program. */
  readonly program: readonly string[];
  readonly smallestInk: readonly string[];
  /** A home with so many healthy profiles, `dev`, `p1`, `p2`, …; with none nobody has ever signed in. */
  home(profiles: number): Promise<Env>;
  folder(name: string): Promise<string>;
  close(): Promise<void>;
}

const repository = fileURLToPath(new URL('..', import.meta.url));

export const openWorld = async (rounds: number): Promise<World> => {
  process.chdir(repository);
  const root = await realpath(await mkdtemp(join(tmpdir(), 'claude-setup-bench-')));
  const built = join(root, 'program');
  await bundleProgram(join(built, 'dist'));
  await bundle('bench/references/smallest-ink.js', join(root, 'smallest-ink'));
  for (const name of ['bin', 'docker', 'package.json'])
    await cp(join(repository, name), join(built, name), { recursive: true });
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'));
  // The same launcher, so that both have the compile cache.
  const launcher = "const { enableCompileCache } = await import('node:module');\n";
  const enable = `enableCompileCache(${JSON.stringify(join(root, 'cache'))});\nawait import('./smallest-ink.js');\nprocess.once('SIGINT', () => process.exit());\n`;
  await writeFile(join(root, 'smallest-ink', 'start.js'), launcher + enable);
  await writeFile(join(root, 'package.json'), '{ "type": "module" }\n');

  let made = 0;
  const folder = async (name: string): Promise<string> => {
    made += 1;
    const path = join(root, `${name}-${made}`);
    await mkdir(path, { mode: 0o700 });
    return path;
  };
  return {
    root,
    rounds,
    program: [process.execPath, join(built, 'bin', 'claude-setup.js')],
    smallestInk: [process.execPath, join(root, 'smallest-ink', 'start.js')],
    folder,
    async home(profiles) {
      const home = await folder('home');
      const setupHome = join(home, 'setup');
      await mkdir(setupHome, { mode: 0o700 });
      const names = Array.from({ length: profiles }, (_, index) => (index === 0 ? 'dev' : `p${index}`));
      for (const name of names) {
        const authDir = join(home, name);
        await mkdir(authDir, { mode: 0o700 });
        await writeFile(join(authDir, '.credentials.json'), loginText(name), { mode: 0o600 });
        await writeFile(join(authDir, '.claude.json'), stateText(name), { mode: 0o600 });
      }
      if (profiles > 0) {
        const config = {
          version: 1,
          defaultProfile: 'dev',
          profiles: names.map((name) => ({ name, authDir: join(home, name), runtime: 'sandbox' })),
        };
        await writeFile(join(setupHome, 'config.json'), JSON.stringify(config), { mode: 0o600 });
      }
      return {
        HOME: home,
        CLAUDE_SETUP_HOME: setupHome,
        PATH: process.env.PATH ?? '',
        DOCKER_HOST: `unix://${home}/no-engine.sock`,
      };
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
};
