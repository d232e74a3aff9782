import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Temporary, temporary } from '../support/temporary.ts';
import { openTmux } from '../support/tmux.ts';

const program = fileURLToPath(new URL('../../bin/claude-setup.js', import.meta.url));
const label = 'Practice: nothing here is real';

/** The built demo in a real terminal, on a machine without Docker. */
const openDemo = async (args: readonly string[] = [], place?: Temporary) => {
  const at = place ?? (await temporary());
  const { root, home } = at;
  const tmp = join(root, 'tmp');
  await mkdir(tmp, { recursive: true });
  const terminal = await openTmux({
    columns: 80,
    rows: 24,
    command: [process.execPath, program, 'demo', ...args],
    env: { HOME: home, TMPDIR: tmp, PATH: '/nowhere', DOCKER_HOST: 'unix:///nowhere/docker.sock' },
  });
  onTestFinished(() => terminal.close());
  return {
    at,
    terminal,
    /** What is left in HOME and in the folder for temporary files, but for what Node keeps of programs there. */
    left: async () =>
      [...(await readdir(home)), ...(await readdir(tmp))].filter(
        (name) => name !== 'node-compile-cache' && name !== '.cache',
      ),
  };
};

describe('claude-setup demo', () => {
  it('is walked through from the list to a login, every screen labelled, and leaves nothing', async () => {
    const { terminal, left } = await openDemo();
    const press = async (key: string, wanted: string) => {
      await terminal.keys(key);
      await terminal.waitFor(wanted);
    };
    await terminal.waitFor('What do you want to practise?');
    expect(await left()).toHaveLength(1);
    await press('Enter', 'is running');
    await press('Enter', 'Which login');
    await press('Enter', 'Where the login of dev is kept');
    await press('Enter', 'not there yet');
    await press('Enter', 'step 2 of 6');
    await terminal.waitFor('How do you want to sign in?');
    await press('Enter', 'Type or paste this one:');
    await terminal.paste('practice#code');
    await terminal.waitFor('> practice#code');
    await press('Enter', 'The login works');
    await press('Enter', 'without questions');
    await press('Enter', 'You are done');
    await press('Enter', 'What do you want to practise?');
    await terminal.keys('q');
    await terminal.ended();
    expect(await terminal.written()).toContain('nothing of it was kept');
    expect(await left()).toEqual([]);
    const screens = terminal.seen.filter(
      (screen) => screen.includes('claude-setup') && screen.includes('──'),
    );
    expect(screens.length).toBeGreaterThan(10);
    for (const screen of screens) expect(screen).toContain(label);
  });

  it('runs a command with the whole terminal, and is there again after it', async () => {
    const { terminal, left } = await openDemo(['--screen', 'dashboard']);
    await terminal.waitFor('Your profiles');
    await terminal.keys('o');
    await terminal.waitFor('Run a command with a login');
    await terminal.keys('C-u');
    await terminal.keys('bash');
    await terminal.waitFor('Command  bash');
    await terminal.keys('Enter');
    const handedOver = await terminal.waitFor('Only claude and exit are here');
    expect(handedOver).not.toContain(label);
    await terminal.keys('claude --version');
    await terminal.keys('Enter');
    await terminal.waitFor('(Claude Code)');
    await terminal.keys('exit');
    await terminal.keys('Enter');
    expect(await terminal.waitFor('bash ended with exit status 0')).toContain(label);
    await terminal.keys('Escape');
    await terminal.waitFor('Your profiles');
    await terminal.keys('q');
    await terminal.waitFor('What do you want to practise?');
    await terminal.keys('q');
    await terminal.ended();
    expect(await terminal.written()).toContain('nothing of it was kept');
    expect(await left()).toEqual([]);
  });

  it.each([
    ['Ctrl+C', async (_pid: number, keys: (name: string) => Promise<void>) => keys('C-c')],
    ['SIGTERM', async (pid: number) => void process.kill(pid, 'SIGTERM')],
    ['a closed terminal', async (pid: number) => void process.kill(pid, 'SIGHUP')],
  ])('leaves nothing after %s', async (_name, end) => {
    const { terminal, left } = await openDemo(['--screen', 'dashboard']);
    await terminal.waitFor('refresh due');
    await end(await terminal.pid(), (name) => terminal.keys(name));
    await terminal.ended();
    expect(await left()).toEqual([]);
  });

  it('clears away what a killed one left', async () => {
    const killed = await openDemo(['--screen', 'troubleshoot']);
    await killed.terminal.waitFor('0 bytes');
    process.kill(await killed.terminal.pid(), 'SIGKILL');
    await killed.terminal.ended();
    const [folder] = await killed.left();
    const { terminal, left } = await openDemo([], killed.at);
    await terminal.waitFor('What do you want');
    expect(await left()).toHaveLength(1);
    expect(await left()).not.toContain(folder);
    await terminal.keys('q');
    await terminal.ended();
    expect(await left()).toEqual([]);
  });
});
