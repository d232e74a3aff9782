import { expect, it, vi } from 'vitest';
import { fail, ok } from '../../src/domain/failure.ts';
import type { JobProgram } from '../../src/ports/job.ts';
import { type Connect, type RunInput, run } from '../../src/usecases/run.ts';
import { nextLeaseIn } from '../../src/usecases/run-fresh.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { changeLogin, createFakeWorld, startOfTest } from '../tui/fake-world.ts';

const minute = 60_000;
const hour = 60 * minute;

const endOf: Connect = (program: JobProgram) =>
  program.kind === 'terminal' ? program.session.ended : program.pipes.ended;

const inImage = (image: string | null): RunInput['request'] => ({
  command: ['claude'],
  env: [],
  workdir: null,
  size: null,
  container: { image, name: null, mounts: [], network: null, user: null, readOnly: false },
});

const setup = ({ left = 7 * hour } = {}) => {
  const world = createFakeWorld();
  world.addImage();
  const profile = world.addProfile('dev');
  const files = world.store.directory(profile.authDir);
  changeLogin(files, { expiresAt: startOfTest + left });
  let renewals = 0;
  world.runtime.refreshes((copy) => {
    renewals += 1;
    changeLogin(copy.files, {
      accessToken: `sk-ant-oat01-TEST-renewed-${renewals}`,
      refreshToken: `sk-ant-ort01-TEST-renewed-${renewals}`,
      expiresAt: world.ports.clock.now() + 8 * hour,
    });
  });
  const signal = new AbortController();
  const hurry = new AbortController();
  const said: string[] = [];
  const input: RunInput = {
    profile,
    runtime: 'docker',
    request: inImage(null),
    check: false,
    marginMs: hour,
  };
  const start = (more: Partial<RunInput> = {}, connect = endOf) =>
    run(world.ports, { ...input, ...more }, connect, (line) => said.push(line), {
      signal: signal.signal,
      hurry: hurry.signal,
    });
  const job = async (index = 0) => {
    await vi.waitFor(() => expect(world.runtime.jobs.length).toBeGreaterThan(index));
    const found = world.runtime.jobs[index];
    if (found === undefined) throw new Error('it was started');
    return found;
  };
  /** Goes on minute by minute, as nobody sleeps here. */
  const pass = async (minutes: number) => {
    for (let passed = 0; passed < minutes; passed += 1) {
      world.clock.advance(minute);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { world, files, start, job, pass, said, signal, hurry, renewals: () => renewals };
};

const tokenOf = (lease: { readonly files: ReadonlyMap<string, string> } | undefined) =>
  JSON.parse(lease?.files.get('.credentials.json') ?? '{}').claudeAiOauth?.accessToken;

it('runs a command on a lease with the theme screen answered, and leaves nothing', async () => {
  const { start, job, said, renewals } = setup();
  const running = start();
  const { leases, request, end } = await job();
  expect(request).toMatchObject({ profile: 'dev', command: ['claude'] });
  expect(leases[0]?.files.get('.credentials.json')).not.toContain('ort01');
  expect(JSON.parse(leases[0]?.files.get('.claude.json') ?? '')).toMatchObject({
    hasCompletedOnboarding: true,
  });
  end(3);
  expect(unwrap(await running)).toEqual({ exitCode: 3 });
  expect((await job()).removed).toBe(true);
  expect(said).toEqual([]);
  expect(renewals()).toBe(0);
});

it('refreshes first when little is left, and twenty at once share one refresh', async () => {
  const { world, start, renewals } = setup({ left: 10 * minute });
  // One at a time, as the lock of a profile does it.
  let held: Promise<void> = Promise.resolve();
  const acquire = async () => {
    const before = held;
    const mine = Promise.withResolvers<void>();
    held = mine.promise;
    await before;
    return ok({ release: async () => mine.resolve() });
  };
  Object.assign(world.ports.locks, { acquire });
  world.runtime.plays((job) => job.end(0));
  const ends = await Promise.all(Array.from({ length: 20 }, () => start()));
  expect(ends.map((end) => unwrap(end).exitCode)).toEqual(Array(20).fill(0));
  expect(renewals()).toBe(1);
  expect(new Set(world.runtime.jobs.map(({ leases }) => tokenOf(leases[0])))).toEqual(
    new Set(['sk-ant-oat01-TEST-renewed-1']),
  );
});

it('starts nothing on a login that is dead, and says why', async () => {
  const { world, files, start } = setup({ left: -minute });
  changeLogin(files, { refreshToken: '' });
  expectFailure(await start(), 'refresh.impossible');
  expect(world.runtime.jobs).toEqual([]);
});

it('pushes the next lease well before the one in place ends, again and again', async () => {
  const { start, job, pass, said, renewals } = setup();
  const running = start();
  const { leases, end } = await job();
  await pass(6 * 60 + 25);
  expect(leases).toHaveLength(1);
  await pass(10);
  await vi.waitFor(() => expect(leases).toHaveLength(2));
  expect(tokenOf(leases[1])).toBe('sk-ant-oat01-TEST-renewed-1');
  await pass(8 * 60);
  await vi.waitFor(() => expect(leases).toHaveLength(3));
  expect(renewals()).toBe(2);
  end(0);
  unwrap(await running);
  expect(said).toEqual([]);
});

it('takes what another process has refreshed, without a refresh of its own', async () => {
  const { start, job, pass, files, renewals } = setup();
  const running = start();
  const { leases, end } = await job();
  changeLogin(files, { accessToken: 'sk-ant-oat01-TEST-theirs', expiresAt: startOfTest + 7 * hour + minute });
  await pass(6 * 60 + 35);
  await vi.waitFor(() => expect(tokenOf(leases[1])).toBe('sk-ant-oat01-TEST-theirs'));
  expect(renewals()).toBe(0);
  end(0);
  unwrap(await running);
});

it('tells once that no next lease can be had, goes on trying, and leaves the command alone', async () => {
  const { world, start, job, pass, said } = setup();
  const running = start();
  const { leases, end } = await job();
  world.runtime.failRefresh(fail('engine.lost', 'It failed', 'the connection was cut', 'try again').failure);
  await pass(7 * 60 + 30);
  await vi.waitFor(() => expect(said.length).toBeGreaterThan(0));
  expect(said.every((line) => line.includes('the connection was cut'))).toBe(true);
  expect(said).toHaveLength(1);
  world.runtime.failRefresh(null);
  await pass(3);
  await vi.waitFor(() => expect(leases).toHaveLength(2));
  end(0);
  expect(unwrap(await running)).toEqual({ exitCode: 0 });
});

it('waits ever shorter for the next lease, and never not at all', () => {
  expect(nextLeaseIn(8 * hour)).toBe(7.5 * hour);
  expect(nextLeaseIn(30 * minute)).toBe(15 * minute);
  expect(nextLeaseIn(1000)).toBe(5000);
  expect(nextLeaseIn(-1)).toBe(minute);
});

it('passes a signal on, and its end is that of the command', async () => {
  const { start, job, signal } = setup();
  const running = start();
  const { pipes } = await job();
  pipes.ignores.add('SIGINT');
  signal.abort('SIGINT');
  expect(pipes.signals).toEqual(['SIGINT']);
  pipes.end(5);
  expect(unwrap(await running)).toEqual({ exitCode: 5 });
  expect((await job()).removed).toBe(true);
});

it('ends a command that stays after a signal, in time or at a second one', async () => {
  for (const sooner of [false, true]) {
    const { world, start, job, signal, hurry } = setup();
    const running = start();
    const { pipes } = await job();
    pipes.ignores.add('SIGTERM');
    signal.abort('SIGTERM');
    if (sooner) hurry.abort();
    else world.clock.advance(10_000);
    expect(unwrap(await running)).toEqual({ exitCode: 137 });
    expect(pipes.signals).toEqual(['SIGTERM', 'SIGKILL']);
    expect((await job()).removed).toBe(true);
  }
});

it('ends also when nobody reads the last output', async () => {
  const { world, start, job, signal } = setup();
  const running = start({}, () => new Promise(() => {}));
  const { pipes } = await job();
  signal.abort('SIGTERM');
  expect(pipes.signals).toEqual(['SIGTERM']);
  world.clock.advance(10_000);
  await new Promise((resolve) => setImmediate(resolve));
  world.clock.advance(2000);
  expect(unwrap(await running)).toEqual({ exitCode: 137 });
});

it('says that the connection was lost, and removes what it can', async () => {
  const { start, job } = setup();
  const running = start();
  (await job()).end(null);
  expectFailure(await running, 'engine.lost');
  expect((await job()).removed).toBe(true);
});

it('removes first what killed processes left', async () => {
  const { world, start, said } = setup();
  world.runtime.leftJobs = 2;
  world.runtime.plays((job) => job.end(0));
  unwrap(await start());
  expect(said).toEqual(['Removed 2 commands that a killed claude-setup had left']);
});

it("runs in an image of the person's own without the setup image", async () => {
  const { world, start, said } = setup();
  world.engine.images.clear();
  world.runtime.plays((job) => job.end(0));
  expectFailure(await start(), 'image.missing');
  expect(unwrap(await start({ request: inImage('mine:1') }))).toEqual({ exitCode: 0 });
  expect(said).toEqual([]);
});

it.each([
  ['let through', "There's an issue with the selected model (x). It may not exist.", null],
  ['revoked', 'Failed to authenticate. API Error: 401 OAuth token has been revoked.', 'The login was ended'],
  ['not signed in', 'Not logged in · Please run /login', 'finds no login'],
  ['offline', 'API Error: Connection dropped (ECONNRESET).', 'can not reach'],
  ['unknown', 'Something else', 'the CLI says: Something else'],
])('asks the provider first with --check: %s', async (_name, stdout, why) => {
  const { world, start } = setup();
  world.runtime.plays((job) => job.end(0));
  world.runtime.answer(() => ok({ exitCode: 1, stdout, stderr: 'unrecognized_model' }));
  const ended = await start({ check: true });
  expect(world.runtime.calls[0]?.args).toContain('--model');
  if (why === null) expect(unwrap(ended)).toEqual({ exitCode: 0 });
  else {
    expect(expectFailure(ended, 'cli.rejected')).toContain(why);
    expect(world.runtime.jobs).toEqual([]);
  }
});
