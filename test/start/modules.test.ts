import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import { spawn } from 'node-pty';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleProgram } from '../../scripts/bundle.js';
import { loginText, stateText } from '../support/logins.ts';
import { makeTemporary, type Temporary } from '../support/temporary.ts';
import { heavyBuiltins, type ModuleList, moduleLists } from './module-lists.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const hook = fileURLToPath(new URL('module-list-hook.mjs', import.meta.url));

let place: Temporary;
let inputs: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  place = await makeTemporary();
  inputs = new Map((await bundleProgram(join(place.root, 'dist'))).flatMap(inputsOf));
  await cp(join(repository, 'bin'), join(place.root, 'bin'), { recursive: true });
  await symlink(join(repository, 'node_modules'), join(place.root, 'node_modules'));
  await writeFile(join(place.root, 'package.json'), '{ "type": "module" }');
  await mkdir(place.setupHome, { mode: 0o700 });
  await mkdir(place.authDir, { mode: 0o700 });
  await writeFile(join(place.authDir, '.credentials.json'), loginText('ada'), { mode: 0o600 });
  await writeFile(join(place.authDir, '.claude.json'), stateText('ada'), { mode: 0o600 });
  const profiles = [{ name: 'dev', authDir: place.authDir, runtime: 'docker' }];
  const config = { version: 1, defaultProfile: 'dev', profiles };
  await writeFile(join(place.setupHome, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  return () => place.remove();
}, 60_000);

/** The packages whose code is in each file of `dist/`. */
const inputsOf = ({ outputs }: Metafile): readonly (readonly [string, readonly string[]])[] =>
  Object.entries(outputs).map(([file, output]) => [
    basename(file),
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => {
      const name = /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules)/.exec(path)?.[1];
      return name === undefined || bytesInOutput === 0 ? [] : [name];
    }),
  ]);

const environment = (list: string, setupHome = place.setupHome) => ({
  ...place.env,
  CLAUDE_SETUP_HOME: setupHome,
  DOCKER_HOST: `unix://${place.root}/no-engine.sock`,
  MODULE_LIST: list,
});

const command = (...args: readonly string[]) => [
  '--import',
  hook,
  join(place.root, 'bin', 'claude-setup.js'),
  ...args,
];

const loaded = async (list: string) => {
  const found: { files: readonly string[]; builtins: readonly string[] } = JSON.parse(
    await readFile(list, 'utf8'),
  );
  const files = found.files.map((url) => fileURLToPath(url));
  const ours = files.filter((file) => file.startsWith(join(place.root, 'dist')));
  const outside = files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  const bundled = ours.flatMap((file) => inputs.get(basename(file)) ?? []);
  return {
    files: ours.length,
    packages: [...new Set([...bundled, ...outside])].sort(),
    builtins: heavyBuiltins.filter((name) => found.builtins.includes(`NativeModule ${name}`)),
  };
};

const expectNoMore = (found: ModuleList, list: ModuleList | undefined): void => {
  expect(found.packages.filter((name) => !list?.packages.includes(name))).toEqual([]);
  expect(found.builtins.filter((name) => !list?.builtins.includes(name))).toEqual([]);
  expect(found.files).toBeLessThanOrEqual(list?.files ?? 0);
  // A list that has become too long lets something new in unseen.
  expect(list?.packages.filter((name) => !found.packages.includes(name))).toEqual([]);
};

describe('what is loaded', () => {
  it.each(Object.entries(moduleLists).filter(([door]) => door !== 'first frame'))(
    'by "claude-setup %s" is no more than its list says',
    async (door, list) => {
      const file = join(place.root, 'list.json');
      const args = door.split(' ').filter(Boolean);
      await promisify(execFile)(process.execPath, command(...args), { env: environment(file) });
      expectNoMore(await loaded(file), list);
    },
  );

  it('until the first frame is no more than its list says', async () => {
    const file = join(place.root, 'list.json');
    const env = {
      ...environment(file, join(place.root, 'nobody')),
      MODULE_LIST_AT: 'Engine',
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
    };
    const terminal = spawn(process.execPath, [...command()], { cols: 80, rows: 24, env });
    const ended = new Promise<void>((resolve) => {
      terminal.onExit(() => resolve());
    });
    terminal.onData((data) => {
      if (data.includes('Engine')) terminal.kill('SIGTERM');
    });
    await ended;
    expectNoMore(await loaded(file), moduleLists['first frame']);
  });
});

it('a cache directory that can not be made holds nothing up', async () => {
  const file = join(place.root, 'list.json');
  // Below a file nobody can make a directory, the superuser included.
  const env = { ...environment(file), NODE_COMPILE_CACHE: join(place.root, 'package.json', 'cache') };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, command('check', '--json'), { env });
  expect(JSON.parse(stdout)).toBeTruthy();
  expect(stderr).toBe('');
});
