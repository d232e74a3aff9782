import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBaseImage } from '../support/base-image.ts';
import { makeTemporary, type Temporary } from '../support/temporary.ts';
import { openTmux } from '../support/tmux.ts';
import { type BareMachine, openBareMachine, whyNoMachine } from './bare-machine.ts';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../..', import.meta.url));
const image = 'claude-setup-test/fresh:node20';
const reason = await whyNoMachine();

// Debian with Node 20, npm 10 and git: no compiler, no docker command, no tmux; and a person who is not root.
describe.skipIf(reason !== null)(`a fresh clone on a bare machine (${reason ?? 'in a container'})`, () => {
  let world: Temporary;
  let machine: BareMachine | null = null;

  beforeAll(async () => {
    makeBaseImage(image, { node: 20, npm: 10 });
    world = await makeTemporary();
    const bundle = join(world.root, 'repository.bundle');
    await run('git', ['bundle', 'create', bundle, 'HEAD'], { cwd: repository });
    machine = await openBareMachine(image, { '/repository.bundle': bundle });
  });
  afterAll(async () => {
    await machine?.remove();
    await world?.remove();
  });

  const there = (): BareMachine => {
    if (machine === null) throw new Error('the machine was not started');
    return machine;
  };
  const shell = (line: string) => there().shell(line);

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
    const terminal = await openTmux({
      columns: 80,
      rows: 24,
      command: there().onTerminal([...options, '--workdir', '/tmp/home/clone'], 'npm', 'start'),
      env: world.env,
    });
    try {
      await terminal.waitFor(text, 60_000);
    } finally {
      await terminal.close();
    }
  });

  // Not all of it once more: what depends on the machine, and enough to see that it runs there.
  it('npm test passes', async () => {
    const parts = 'test/domain test/usecases test/adapters/host test/start test/supply.test.ts';
    const tested = await shell(`cd /tmp/home/clone && npm test -- ${parts} 2>&1`);
    expect(tested.status, tested.stdout.slice(-4000)).toBe(0);
    expect(stripVTControlCharacters(tested.stdout)).toMatch(/Tests +\d+ passed/);
  }, 600_000);
});
