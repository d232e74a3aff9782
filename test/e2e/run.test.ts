import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Output, testBase, whyNoDocker } from '../docker/docker-cli.ts';
import { issuerInNamespace, issuerOnBridge, whyNoNamespace } from '../support/issuer/places.ts';
import { openTmux } from '../support/tmux.ts';
import { buildSetupImage, type LoginWorld, makeLoginWorld } from './login-world.ts';
import { containersOf } from './product.ts';

type Place = Awaited<ReturnType<typeof issuerInNamespace>>;

interface World {
  readonly place: Place;
  readonly login: LoginWorld;
  /** What runs of this world have made and not removed. */
  leftovers(): Promise<readonly string[]>;
}

const inSandbox = async (): Promise<World> => {
  const place = await issuerInNamespace();
  const login = await makeLoginWorld(place);
  return { place, login, leftovers: login.leftovers };
};

const inDocker = async (): Promise<World> => {
  const bridge = await issuerOnBridge();
  const place = { ...bridge, inside: [] };
  const login = await makeLoginWorld(place, 'docker');
  await buildSetupImage(login, bridge);
  return { place, login, leftovers: () => containersOf(login.temporary.setupHome) };
};

const noModel = 'claude-setup-no-such-model';
const ask = ['claude', '-p', 'x', '--model', noModel, '--strict-mcp-config'];

describe.each([
  ['sandbox', inSandbox, await whyNoNamespace()],
  ['docker', inDocker, await whyNoDocker()],
] as const)('run with the real CLI: %s', (runtime, makeWorld, reason) => {
  describe.skipIf(reason !== null)(reason ?? 'stand-in issuer', () => {
    let world: World;
    let file: string;

    beforeAll(async () => {
      world = await makeWorld();
      file = join(world.login.temporary.authDir, '.credentials.json');
    }, 300_000);
    afterAll(async () => {
      await world?.place.close();
      await world?.login.remove();
    });
    const run = (...args: readonly string[]): Promise<Output> => world.login.run('run', 'dev', ...args);
    const start = (...args: readonly string[]) => {
      const [program, rest] = world.login.command('run', 'dev', ...args);
      return spawn(program, rest, { env: world.login.env, stdio: ['pipe', 'pipe', 'inherit'] });
    };
    const calls = async (path: string) =>
      (await world.place.issuer.calls()).filter((call) => call.path === path).map(({ status }) => status);

    it('is signed in on a lease of a login that was due, and leaves nothing', async () => {
      const { status, stdout } = await run('--', 'claude', 'auth', 'status');
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ loggedIn: true, authMethod: 'claude.ai' });
      const { accessToken } = await world.login.stored();
      expect(await world.place.issuer.accepts(accessToken)).toBe(true);
      expect(await world.leftovers()).toEqual([]);
    });

    it('makes live calls, its own end as ours', async () => {
      const before = (await calls('/v1/messages')).length;
      const { status, stdout } = await run('--', ...ask);
      expect(stdout).toContain('issue with the selected model');
      expect(status).toBe(1);
      const made = (await calls('/v1/messages')).slice(before);
      expect(made.length).toBeGreaterThan(0);
      expect(new Set(made)).toEqual(new Set([404]));
    });

    it('asks first with --check, and runs nothing on a login that is dead', async () => {
      expect(await run('--check', '--', 'echo', 'hello')).toMatchObject({ status: 0, stdout: 'hello\n' });
      const good = await readFile(file);
      const dead = { ...(await world.login.stored()), accessToken: 'sk-ant-oat01-TESTwithdrawn' };
      await writeFile(file, JSON.stringify({ claudeAiOauth: dead }));
      const { status, stdout, stderr } = await run('--check', '--', 'echo', 'hello');
      await writeFile(file, good);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toContain('sign in again: claude-setup login dev');
    });

    it('hands the whole login out with --full, and keeps what the CLI made of it', async () => {
      await world.login.signIn();
      const before = await world.login.stored();
      const { status, stdout, stderr } = await run('--full', '--', ...ask);
      expect({ status, stdout }).toMatchObject({
        status: 1,
        stdout: expect.stringContaining('selected model'),
      });
      expect(stderr).toContain('Kept the new tokens');
      const after = await world.login.stored();
      expect(after.refreshToken).not.toBe(before.refreshToken);
      expect(await world.place.issuer.accepts(after.accessToken)).toBe(true);
      expect(await world.login.run('refresh', 'dev', '--force')).toMatchObject({ status: 0 });
      expect(await world.leftovers()).toEqual([]);
    });

    it('loses no login when it is killed while the CLI holds the whole of it', async () => {
      await world.login.signIn();
      const child = start('--full', '--', 'sh', '-c', `${ask.join(' ')}; echo asked; sleep 100`);
      let said = '';
      child.stdout.on('data', (chunk) => {
        said += chunk;
      });
      const before = await world.login.stored();
      await vi.waitFor(() => expect(said).toContain('asked'), { timeout: 60_000 });
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await world.login.stored()).toEqual(before);
      const { status, stderr } = await run('--', 'true');
      expect(status, stderr).toBe(0);
      expect(stderr).toContain('Taking back the login');
      expect(await world.place.issuer.accepts((await world.login.stored()).accessToken)).toBe(true);
      expect(await world.login.run('refresh', 'dev', '--force')).toMatchObject({ status: 0 });
      expect(await world.leftovers()).toEqual([]);
    });

    it.each(runtime === 'sandbox' ? (['SIGINT', 'SIGTERM', 'SIGHUP'] as const) : (['SIGTERM'] as const))(
      'passes %s on and removes everything',
      async (signal) => {
        const child = start(
          '--',
          'sh',
          '-c',
          'trap "exit 5" INT TERM HUP; echo ready; while :; do sleep 0.1; done',
        );
        await once(child.stdout, 'data');
        child.stdout.resume();
        // Into the network of the sandbox leads a program of its own, which takes our place.
        child.kill(signal);
        expect(await once(child, 'exit')).toEqual([5, null]);
        expect(await world.leftovers()).toEqual([]);
      },
    );

    it('ends at once at a second signal, and the next run removes what a kill left', async () => {
      const stubborn = ['--', 'sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.1; done'];
      const child = start(...stubborn);
      await once(child.stdout, 'data');
      child.stdout.resume();
      child.kill('SIGTERM');
      const exit = once(child, 'exit');
      await vi.waitFor(() => {
        child.kill('SIGTERM');
        expect(child.exitCode ?? child.signalCode).not.toBeNull();
      }, 10_000);
      await exit;
      const killed = start(...stubborn);
      await once(killed.stdout, 'data');
      killed.kill('SIGKILL');
      await once(killed, 'exit');
      expect((await world.leftovers()).length).toBeGreaterThan(0);
      const { stderr } = await run('--', 'true');
      expect(stderr).toContain('that a killed claude-setup had left');
      expect(await world.leftovers()).toEqual([]);
    });

    it('gives the terminal to the CLI and takes it back as it was', async () => {
      const [program, args] = world.login.command('run', 'dev');
      const line = [program, ...args].join(' ');
      // The key is for `read`: what is typed while the CLI ends may be lost.
      const inner = `'stty size; claude auth status; echo over; read key; exit 9'`;
      const terminal = await openTmux({
        columns: 100,
        rows: 30,
        env: world.login.env,
        command: [
          'sh',
          '-c',
          `stty -a > before; ${line} -- sh -c ${inner}; echo "ended $?"; stty -a | cmp - before && echo same; sleep 100`,
        ].map((word) => word.replaceAll('before', join(world.login.temporary.root, 'before'))),
      });
      try {
        await terminal.waitFor(/"loggedIn": true[\s\S]*over/, 60_000);
        expect(await terminal.capture()).toContain('30 100');
        await terminal.keys('Enter');
        await terminal.waitFor('ended 9', 30_000);
        await terminal.waitFor('same');
      } finally {
        await terminal.close();
      }
    });

    const anotherUser = async () => {
      const { status, stdout, stderr } = await run(
        ...['--user', '4242:4242', '--read-only', '--workdir', '/tmp', '--', 'claude', 'auth', 'status'],
      );
      expect(status, stderr).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ loggedIn: true });
      const other = ['--image', testBase, '--read-only', '--', 'sh', '-c', 'id -u; touch /x'];
      const plain = await run(...other);
      expect(plain.stdout).toBe('1000\n');
      expect(plain.stderr).toContain('would run as root');
      expect(plain.status).toBe(1);
    };
    // In the sandbox it is the person's own machine.
    if (runtime === 'docker') it('works as another user, on a root that can not be written', anotherUser);
  });
});
