import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Output } from '../docker/docker-cli.ts';
import { testBase } from '../docker/docker-cli.ts';
import { makeTemporary, type Temporary } from '../support/temporary.ts';
import { openTmux } from '../support/tmux.ts';
import { type BareMachine, openBareMachine, whyNoMachine } from './bare-machine.ts';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
const menu = 'What do you want to practise?';
/** Uses the terminal library as the sandbox does: a program under a pseudo-terminal, so its native part must be there. */
const underTerminal = (place: string) =>
  `require('${place}/node_modules/node-pty').spawn('/bin/echo', ['pty', 'works'], {}).onData((text) => process.stdout.write(text))`;

let world: Temporary;
let tarball = '';
let listed: readonly string[] = [];

beforeAll(async () => {
  world = await makeTemporary();
  // What is in dist/ is what the other tests ran; packing builds nothing.
  const { stdout } = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', world.root],
    {
      cwd: repository,
    },
  );
  // An array in npm 11, an object by name in newer ones.
  const [packed] = Object.values(JSON.parse(stdout)) as { filename: string; files: { path: string }[] }[];
  tarball = join(world.root, packed?.filename ?? '');
  listed = packed?.files.map(({ path }) => path) ?? [];
});
afterAll(() => world?.remove());

it('only what a person runs or reads is packed', () => {
  const tops = new Set(listed.map((path) => path.split('/')[0]));
  expect([...tops].sort()).toEqual(
    [
      ...['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json'],
      ...['bin', 'dist', 'docker', 'docs', 'man'],
    ].sort(),
  );
});

it('the licences of what is bundled, and the bill of materials, are packed', () => {
  for (const name of ['dist/THIRD-PARTY-LICENSES.txt', 'dist/sbom.cdx.json']) expect(listed).toContain(name);
});

describe('installed with npm into an empty prefix, with an empty home', () => {
  let env: Record<string, string>;
  let prefix = '';
  const call = (program: string, args: readonly string[]): Promise<Output> =>
    new Promise((resolve) => {
      execFile(program, args, { env, cwd: world.home }, (error, stdout, stderr) =>
        resolve({ status: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
      ).stdin?.end();
    });
  const installed = (...args: readonly string[]) => call(join(prefix, 'bin/claude-setup'), args);

  beforeAll(async () => {
    prefix = join(world.root, 'prefix');
    const tmp = join(world.root, 'tmp');
    await mkdir(tmp);
    env = {
      HOME: world.home,
      TMPDIR: tmp,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      LANG: 'C.UTF-8',
      DOCKER_HOST: 'unix:///nowhere/docker.sock',
      npm_config_cache: join(world.root, 'npm'),
      ...Object.fromEntries(
        Object.entries(process.env).flatMap(([name, value]) =>
          /^(npm_config_(registry|cafile)|NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy)$/i.test(name) && value
            ? [[name, value]]
            : [],
        ),
      ),
    };
    const { status, stderr } = await call('npm', [
      ...['install', '--global', '--prefix', prefix, '--no-audit', '--no-fund', tarball],
    ]);
    expect(status, stderr).toBe(0);
  });

  it('says its version and its help', async () => {
    expect(await installed('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    const help = await installed('--help');
    expect(help.status).toBe(0);
    expect(help.stdout).toContain('practise with a stand-in');
  });

  it('says in one line what to do first, and writes nothing for it but compiled code', async () => {
    const checked = await installed('check');
    expect(checked.status).toBe(3);
    expect(checked.stderr).toMatch(/^claude-setup: .*: .*\. Fix: .*claude-setup login.*\n$/);
    expect(await readdir(world.home)).toEqual(['.cache']);
    expect(await readdir(join(world.home, '.cache'))).toEqual(['claude-setup']);
  });

  it('shows the first screen of the practice', async () => {
    const terminal = await openTmux({
      columns: 80,
      rows: 24,
      command: [join(prefix, 'bin/claude-setup'), 'demo'],
      env,
    });
    try {
      await terminal.waitFor(menu);
      await terminal.keys('q');
      await terminal.ended();
    } finally {
      await terminal.close();
    }
  });

  it('has its terminal library, built or prebuilt', async () => {
    const place = join(prefix, 'lib/node_modules/claude-setup');
    expect((await call(process.execPath, ['-e', underTerminal(place)])).stdout).toContain('pty works');
  });

  it('brings its manual page to where man looks', async () => {
    const page = await readFile(join(prefix, 'share/man/man1/claude-setup.1'), 'utf8');
    expect(page).toContain(`"claude\\-setup ${version}"`);
  });

  it.each(['bash', 'zsh', 'fish'])('prints completions for %s', async (shell) => {
    const printed = await installed('completions', shell);
    expect(printed).toMatchObject({ status: 0, stderr: '' });
    expect(printed.stdout).toContain('claude-setup');
  });

  it('starts by npx too', async () => {
    const started = await call('npx', ['--yes', '--package', tarball, 'claude-setup', '--version']);
    expect(started.status, started.stderr).toBe(0);
    expect(started.stdout.trim()).toBe(version);
  });

  /** Runs the installed program on another Node, from npm. */
  const onNode = async (wanted: string, ...args: readonly string[]) => {
    const folder = join(world.root, `node-${wanted}`);
    await mkdir(folder);
    const name = `node-linux-${process.arch}@${wanted}`;
    const { stdout } = await run('npm', ['pack', '--silent', name], { cwd: folder });
    await run('tar', ['-xzf', stdout.trim(), 'package/bin/node'], { cwd: folder });
    const launcher = join(prefix, 'lib/node_modules/claude-setup/bin/claude-setup.js');
    return call(join(folder, 'package/bin/node'), [launcher, ...args]);
  };

  it.each(['18', '20'])('says on Node %s that it is too old, in one line', async (major) => {
    const { status, stdout, stderr } = await onNode(major, 'check');
    expect(status).toBe(3);
    expect(stdout).toBe('');
    const start = `claude-setup can't start: it needs Node 22.12 or newer, and this is Node ${major}.`;
    expect(stderr.startsWith(start), stderr).toBe(true);
    expect(stderr).toMatch(/^.* Fix: .*\n$/);
  });

  it('runs on the oldest Node that it asks for', async () => {
    expect(await onNode('22.12.0', 'check')).toMatchObject({ status: 3, stdout: '' });
  });

  it('goes without leaving anything', async () => {
    const { status } = await call('npm', ['uninstall', '--global', '--prefix', prefix, 'claude-setup']);
    expect(status).toBe(0);
    expect(await readdir(join(prefix, 'bin'))).toEqual([]);
    expect(await readdir(join(prefix, 'lib/node_modules'))).toEqual([]);
  });
});

const reason = await whyNoMachine();

// Debian with Node 24 and npm: no compiler, no Python, no make.
describe.skipIf(reason !== null)(`on a machine without a compiler (${reason ?? 'in a container'})`, () => {
  let machine: BareMachine;

  beforeAll(async () => {
    const copy = join(world.root, 'package.tgz');
    await writeFile(copy, await readFile(tarball));
    machine = await openBareMachine(testBase, { '/package.tgz': copy });
  });
  afterAll(() => machine?.remove());

  it('a person who is not root installs it below their home, and it works', async () => {
    const tools = await machine.shell('id -u; command -v cc gcc g++ make python3');
    expect(tools.stdout).toBe('1000\n');
    const install = 'npm install --global --prefix "$HOME/.local" --no-audit --no-fund /package.tgz';
    const installed = await machine.shell(`mkdir -p "$HOME" && ${install}`);
    expect(installed.status, installed.stderr).toBe(0);
    expect((await machine.shell('"$HOME/.local/bin/claude-setup" --version')).stdout).toBe(`${version}\n`);
    const checked = await machine.shell('"$HOME/.local/bin/claude-setup" check');
    expect(checked.status).toBe(3);
    const place = '/tmp/home/.local/lib/node_modules/claude-setup';
    const pty = await machine.shell(`node -e "${underTerminal(place)}"`);
    expect(pty.stdout).toContain('pty works');
  });

  it.each([
    ['the practice', ['demo'], menu],
    ['the wizard, with the engine', ['login', 'dev'], 'is running'],
  ])('shows %s', async (_, args, wanted) => {
    const terminal = await openTmux({
      columns: 80,
      rows: 24,
      command: machine.onTerminal(
        ['--env', 'DOCKER_HOST=unix:///engine.sock'],
        ...['/tmp/home/.local/bin/claude-setup', ...args],
      ),
      env: world.env,
    });
    try {
      await terminal.waitFor(wanted);
    } finally {
      await terminal.close();
    }
  });
});
