import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { liveCallArguments, liveCallEnvironment } from '../../src/domain/live-call.ts';
import { docker, whyNoDocker } from '../docker/docker-cli.ts';
import { refreshGrants } from '../support/issuer/grants.ts';
import { testAccount } from '../support/issuer/ledger.ts';
import { issuerInNamespace, whyNoNamespace } from '../support/issuer/places.ts';
import { type LeaseReader, startLeaseReader } from './lease-reader.ts';
import { type LoginWorld, makeLoginWorld } from './login-world.ts';

const reason =
  (await whyNoNamespace()) ??
  (await whyNoDocker()) ??
  (process.getuid?.() === 0 ? null : 'needs root, to give files to the user of a container');

describe.skipIf(reason !== null)(`apply and watch with the real CLI: ${reason ?? 'stand-in issuer'}`, () => {
  let place: Awaited<ReturnType<typeof issuerInNamespace>>;
  let world: LoginWorld;
  let reader: LeaseReader;
  let file: string;
  let directory: string;
  let seenCalls = 0;
  const service = `claude-setup-test-${process.pid}`;

  beforeAll(async () => {
    place = await issuerInNamespace();
    world = await makeLoginWorld(place);
    file = join(world.temporary.authDir, '.credentials.json');
    directory = join(world.temporary.root, 'published');
    expect(await run('apply', 'dev', '--to', directory, '--owner', '1000:1000')).toMatchObject({ status: 0 });
    reader = await startLeaseReader(directory, service);
  });
  afterAll(async () => {
    await reader?.remove();
    await place?.close();
    await world?.remove();
  });
  beforeEach(async () => {
    await place.issuer.behave({ answer: 'normal', delayMs: 0, expiresIn: 8 * 3600 });
    seenCalls = (await place.issuer.calls()).length;
  });

  const run: LoginWorld['run'] = (...args) => world.run(...args);
  const loginIn = async (path: string) => JSON.parse(await readFile(path, 'utf8')).claudeAiOauth;
  const published = () => loginIn(join(directory, '.credentials.json'));
  const grants = () => refreshGrants(place.issuer, seenCalls);
  const startWatch = (...args: readonly string[]) => {
    const [program, rest] = world.command('watch', 'dev', '--json', '--interval', '1s', ...args);
    const child = spawn(program, rest, { env: world.env, stdio: ['ignore', 'pipe', 'inherit'] });
    const events: { readonly event: string }[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => events.push(JSON.parse(line)));
    return {
      has: (event: string) => events.filter((one) => one.event === event).length,
      events,
      async end() {
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        const [code] = await gone;
        return Number(code);
      },
    };
  };
  const patience = { timeout: 60_000, interval: 100 };

  it('gives the container its files, and the CLI in there takes the lease', async () => {
    await expect.poll(async () => (await reader.reads()).tokens.length, patience).toBeGreaterThan(0);
    expect(await stat(join(directory, '.credentials.json'))).toMatchObject({ uid: 1000, gid: 1000 });
    expect((await stat(join(directory, '.credentials.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const status = await docker('exec', reader.container, '/cli/claude', 'auth', 'status');
    expect(JSON.parse(status.stdout)).toMatchObject({ loggedIn: true, email: testAccount.email });
    expect(await published()).not.toHaveProperty('refreshToken');
  });

  it('shows the container the next lease after each refresh, and never none or half of one', async () => {
    const before = (await reader.reads()).tokens.length;
    const inode = (await stat(directory)).ino;
    for (let round = 0; round < 3; round += 1) {
      expect(await run('refresh', 'dev', '--force')).toMatchObject({ status: 0 });
      const { accessToken } = await published();
      await expect.poll(async () => (await reader.reads()).tokens.at(-1), patience).toBe(accessToken);
      expect(await place.issuer.accepts(accessToken)).toBe(true);
    }
    const after = await reader.reads();
    expect(after.tokens.length).toBe(before + 3);
    expect(after.bad).toEqual([]);
    expect(after.kinds).toEqual(['lease']);
    expect((await stat(directory)).ino).toBe(inode);
  });

  it('watch refreshes what is due, publishes it, tells the command and writes the metrics, and ends cleanly', async () => {
    const told = join(world.temporary.root, 'told');
    const metrics = join(world.temporary.root, 'metrics.prom');
    const hook = `env | grep -E '^(CLAUDE|ANTHROPIC)' | sort >> '${told}'; grep -o 'sk-ant[^"]*' '${told}' >&2; true`;
    const both = [
      startWatch('--on-change', hook, '--metrics', metrics),
      startWatch('--on-change', hook, '--metrics', metrics),
    ];
    await expect.poll(() => both.every((one) => one.has('state') > 0), patience).toBe(true);
    await world.signIn();
    await expect.poll(() => both.reduce((sum, one) => sum + one.has('refreshed'), 0), patience).toBe(1);
    const { accessToken, refreshToken } = await loginIn(file);
    await expect.poll(async () => (await reader.reads()).tokens.at(-1), patience).toBe(accessToken);
    const written = async () => (await readFile(told, 'utf8')).split('\n');
    const expiries = async () =>
      (await written())
        .filter((line) => line.startsWith('CLAUDE_SETUP_EXPIRES_AT='))
        .map((line) => line.slice(24));
    const current = new Date((await loginIn(file)).expiresAt).toISOString();
    await expect.poll(async () => (await expiries()).at(-1), patience).toBe(current);
    // Each state once, although two watch.
    expect(new Set(await expiries()).size).toBe((await expiries()).length);
    expect(await grants()).toEqual({ given: 1, refused: 0 });
    expect(await Promise.all(both.map((one) => one.end()))).toEqual([0, 0]);
    for (const one of both) expect(one.events.at(-1)).toMatchObject({ event: 'stopped' });
    const everything = `${await readFile(told, 'utf8')}${await readFile(metrics, 'utf8')}${JSON.stringify(both.map(({ events }) => events))}`;
    for (const secret of [accessToken, refreshToken, 'sk-ant']) expect(everything).not.toContain(secret);
    expect((await stat(metrics)).mode & 0o777).toBe(0o644);
    expect(await readFile(metrics, 'utf8')).toMatch(/claude_setup_needs_person\{profile="dev"\} 0\n/);
    expect((await reader.reads()).bad).toEqual([]);
  });

  it('watch gets over an issuer that is down', async () => {
    await place.issuer.behave({ answer: 'down' });
    await world.signIn();
    const unanswered = await run('watch', 'dev', '--once', '--json');
    expect(unanswered.status).toBe(1);
    expect(unanswered.stdout).toContain('"code":"refresh.unanswered"');
    const before = await readFile(join(directory, '.credentials.json'), 'utf8');
    await place.issuer.behave({ answer: 'normal' });
    expect(await run('watch', 'dev', '--once')).toMatchObject({ status: 0 });
    expect(await readFile(join(directory, '.credentials.json'), 'utf8')).not.toBe(before);
    expect((await grants()).refused).toBe(0);
  });

  it('--once is 1 when the refresh was refused, leaves everything, and asks no second time', async () => {
    await place.issuer.behave({ answer: 'refuse' });
    await world.signIn();
    const before = [
      await readFile(file, 'utf8'),
      await readFile(join(directory, '.credentials.json'), 'utf8'),
    ];
    const refused = await run('watch', 'dev', '--once', '--json');
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain('"code":"refresh.refused"');
    expect(await run('watch', 'dev', '--once')).toMatchObject({ status: 1 });
    expect([
      await readFile(file, 'utf8'),
      await readFile(join(directory, '.credentials.json'), 'utf8'),
    ]).toEqual(before);
    expect((await grants()).refused).toBe(1);
    await place.issuer.behave({ answer: 'normal' });
    await world.signIn();
    expect(await run('watch', 'dev', '--once')).toMatchObject({ status: 0 });
  });

  it('restarts the service that was named, which has the same directory then', async () => {
    const startedAt = async () =>
      (await docker('inspect', '-f', '{{.State.StartedAt}}', reader.container)).stdout;
    const before = await startedAt();
    const applied = await run('apply', 'dev', '--to', directory, '--restart', service);
    expect(applied).toMatchObject({ status: 0 });
    expect(applied.stdout).toContain(`Restarted ${service}`);
    expect(await startedAt()).not.toBe(before);
    await expect.poll(() => reader.starts(), patience).toBe(2);
    const { accessToken } = await published();
    await expect.poll(async () => (await reader.reads()).tokens.at(-1), patience).toBe(accessToken);
    expect((await reader.reads()).bad).toEqual([]);
    const missing = await run('apply', 'dev', '--to', directory, '--restart', 'no-such-service');
    expect(missing).toMatchObject({ status: 3 });
  });

  /** Time goes by, and the CLI that has the directory refreshes by itself when it can. */
  const holderRefreshes = async (holder: string): Promise<void> => {
    const path = join(holder, '.credentials.json');
    const { claudeAiOauth } = JSON.parse(await readFile(path, 'utf8'));
    const aged = { ...claudeAiOauth, expiresAt: Date.now() - 1000 };
    await writeFile(path, JSON.stringify({ claudeAiOauth: aged }));
    // Unlike `claude auth status` this waits for the issuer, also on a busy machine.
    const environment = { ...liveCallEnvironment, CLAUDE_CONFIG_DIR: holder };
    await world.exec(environment, 'claude', ...liveCallArguments);
  };

  it('takes back what the holder of the full login has refreshed, and the issuer sees no token twice', async () => {
    const holder = join(world.temporary.root, 'holder');
    const path = join(holder, '.credentials.json');
    expect(await run('apply', 'dev', '--to', holder, '--full')).toMatchObject({ status: 0 });
    for (let round = 0; round < 2; round += 1) {
      const { refreshToken: spent } = await loginIn(path);
      await holderRefreshes(holder);
      const held = await loginIn(path);
      expect(held.refreshToken).not.toBe(spent);
      expect(await run('refresh', 'dev', '--force')).toMatchObject({ status: 0 });
      expect((await loginIn(path)).refreshToken).toBe((await loginIn(file)).refreshToken);
      expect((await loginIn(file)).refreshToken).not.toBe(held.refreshToken);
    }
    expect((await grants()).refused).toBe(0);
    expect(await run('unapply', 'dev', '--to', holder)).toMatchObject({ status: 0 });
    await expect(stat(path)).rejects.toThrow('ENOENT');
    expect(await run('refresh', 'dev', '--force')).toMatchObject({ status: 0 });
    expect((await grants()).refused).toBe(0);
  });

  it('loses no login to kills at any moment while a directory holds the full one', async () => {
    const holder = join(world.temporary.root, 'killed');
    expect(await run('apply', 'dev', '--to', holder, '--full')).toMatchObject({ status: 0 });
    const took = performance.now();
    await run('refresh', 'dev', '--force');
    const whole = performance.now() - took;
    const kills = Number(process.env.CLAUDE_SETUP_TEST_KILLS || 6);
    for (let kill = 0; kill < kills; kill += 1) {
      await world.killAfter(Math.random() * whole, 'refresh', 'dev', '--force');
      await holderRefreshes(holder);
      expect(await run('refresh', 'dev'), `kill ${kill}`).toMatchObject({ status: 0 });
      expect((await grants()).refused, `kill ${kill}`).toBe(0);
    }
    expect(await run('unapply', 'dev', '--to', holder)).toMatchObject({ status: 0 });
    expect(await run('refresh', 'dev', '--force')).toMatchObject({ status: 0 });
    expect((await grants()).refused).toBe(0);
  });

  it('unapply removes the lease, and the container finds none', async () => {
    expect(await run('unapply', 'dev')).toMatchObject({ status: 0 });
    await expect.poll(async () => (await reader.reads()).bad.length, patience).toBeGreaterThan(0);
    expect((await reader.reads()).bad[0]).toContain('ENOENT');
    expect(await run('refresh', 'dev', '--force')).toMatchObject({ status: 0 });
    await expect(stat(join(directory, '.credentials.json'))).rejects.toThrow('ENOENT');
  });
});
