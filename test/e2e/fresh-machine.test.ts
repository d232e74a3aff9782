import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { docker, whyNoDocker } from '../docker/docker-cli.ts';
import { makeBaseImage } from '../support/base-image.ts';
import { makeTemporary, type Temporary } from '../support/temporary.ts';
import { openTmux } from '../support/tmux.ts';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../..', import.meta.url));
const image = 'claude-setup-test/fresh:node20';
const authorities = process.env.CLAUDE_SETUP_TEST_CA || process.env.NODE_EXTRA_CA_CERTS;
const socket = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '');

const whyNot = async (): Promise<string | null> => {
  const noDocker = await whyNoDocker();
  if (noDocker !== null) return noDocker;
  const found = await stat(socket).catch(() => null);
  return found?.isSocket() ? null : 'the engine is not on this machine';
};
const reason = await whyNot();

// Debian with Node 20, npm 10 and git: no compiler, no docker command, no tmux; and a person who is not root.
describe.skipIf(reason !== null)(`a fresh clone on a bare machine (${reason ?? 'in a container'})`, () => {
  let world: Temporary;
  let machine = '';

  beforeAll(async () => {
    makeBaseImage(image, { node: 20, npm: 10 });
    world = await makeTemporary();
    const bundle = join(world.root, 'repository.bundle');
    await run('git', ['bundle', 'create', bundle, 'HEAD'], { cwd: repository });
    const started = await docker(
      ...['run', '--detach', '--init', '--label', 'claude-setup.test=fresh-machine'],
      ...['--user', '1000:1000', '--group-add', String((await stat(socket)).gid)],
      ...['--volume', `${bundle}:/repository.bundle:ro`, '--volume', `${socket}:/engine.sock`],
      ...(authorities ? ['--volume', `${authorities}:/authorities.pem:ro`] : []),
      ...(authorities ? ['--env', 'NODE_EXTRA_CA_CERTS=/authorities.pem'] : []),
      ...(authorities ? ['--env', 'npm_config_cafile=/authorities.pem'] : []),
      ...['--env', 'HOME=/tmp/home', '--env', 'LANG=C.UTF-8', image, 'sleep', 'infinity'],
    );
    expect(started.stderr).toBe('');
    machine = started.stdout.trim();
  });
  afterAll(async () => {
    if (machine) await docker('rm', '--force', '--volumes', machine);
    await world?.remove();
  });

  const shell = (command: string) => docker('exec', machine, 'bash', '-c', command);

  it('npm ci brings everything', async () => {
    const cloned = await shell('git clone --quiet /repository.bundle /tmp/home/clone && node --version');
    expect(cloned.stdout).toMatch(/^v20\./);
    const installed = await shell('cd /tmp/home/clone && npm ci --no-audit --no-fund');
    expect(installed.status, installed.stderr).toBe(0);
    expect((await shell('cd /tmp/home/clone && git status --short')).stdout).toBe('');
  });

  it.each([
    ['with an engine', ['--env', 'DOCKER_HOST=unix:///engine.sock'], 'is running'],
    ['without an engine', [], 'without a container engine'],
  ])('npm start opens the wizard %s', async (_, options, text) => {
    const command = ['docker', 'exec', '-it', '--env', 'TERM=xterm-256color', ...options];
    const terminal = await openTmux({
      columns: 80,
      rows: 24,
      command: [...command, '--workdir', '/tmp/home/clone', machine, 'npm', 'start'],
      env: world.env,
    });
    try {
      await terminal.waitFor(text, 60_000);
    } finally {
      await terminal.close();
    }
  });

  it('npm test passes', async () => {
    const tested = await shell('cd /tmp/home/clone && npm test 2>&1');
    expect(tested.status, tested.stdout.slice(-4000)).toBe(0);
    expect(stripVTControlCharacters(tested.stdout)).toMatch(/Tests +\d+ passed/);
  }, 600_000);
});
