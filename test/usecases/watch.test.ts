import { expect, it } from 'vitest';
import type { FakeFiles } from '../../src/adapters/practice/fake-files.ts';
import { fail, ok } from '../../src/domain/failure.ts';
import type { WatchEvent } from '../../src/domain/watch/events.ts';
import { createWatch, type WatchInput } from '../../src/usecases/watch.ts';
import { unwrap } from '../support/results.ts';
import { createFakeWorld, putLogin, startOfTest } from '../tui/fake-world.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const credentials = '.credentials.json';

const setup = (options: Partial<WatchInput> = {}, profiles: readonly string[] = ['dev']) => {
  const world = createFakeWorld();
  world.addImage();
  for (const name of profiles) world.addProfile(name);
  const filesOf = (name: string) => world.store.directory(`/home/ada/.claude-auth-${name}`);
  const change = (files: FakeFiles, oauth: object) => {
    const before = JSON.parse(files.text(credentials) ?? '{}').claudeAiOauth;
    files.set(credentials, JSON.stringify({ claudeAiOauth: { ...before, ...oauth } }));
  };
  let renewed = 0;
  /** When the issuer was asked, in hours since the start. */
  const askedAt: number[] = [];
  const answer = (lifetime = 8 * hour) =>
    world.runtime.refreshes(({ files }) => {
      renewed += 1;
      const now = world.ports.clock.now();
      askedAt.push((now - startOfTest) / hour);
      change(files, {
        accessToken: `sk-ant-oat01-TEST-renewed-${renewed}`,
        refreshToken: `sk-ant-ort01-TEST-renewed-${renewed}`,
        expiresAt: now + lifetime,
      });
    });
  answer();
  const events: WatchEvent[] = [];
  const watch = createWatch(world.ports, {
    names: [],
    marginMs: hour,
    intervalMs: 5 * minute,
    seed: null,
    onChange: null,
    metricsFile: null,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const stopping = new AbortController();
  let ended = false;
  const run = () => {
    void watch.run(stopping.signal).finally(() => {
      ended = true;
    });
  };
  const settle = async () => {
    for (let turn = 0; turn < 60; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    world,
    watch,
    events,
    askedAt,
    filesOf,
    change,
    answer,
    run,
    settle,
    names: () => events.map(({ event }) => event),
    pass: async () => unwrap(await watch.pass(stopping.signal)),
    /** Lets so much time go by, as the clock would. */
    async elapse(milliseconds: number, step = 15_000) {
      await settle();
      for (let gone = 0; gone < milliseconds; gone += step) {
        world.clock.advance(step);
        for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      }
      await settle();
    },
    async stop() {
      stopping.abort();
      await expect.poll(() => ended).toBe(true);
    },
  };
};

it('refreshes an hour before the end, all day long', async () => {
  const { run, elapse, stop, askedAt, names, events } = setup();
  run();
  await elapse(day, minute);
  await stop();
  expect(askedAt.map((hours) => Math.round(hours * 10) / 10)).toEqual([7, 14, 21]);
  expect(names().filter((name) => name !== 'refreshed')).toEqual(['started', 'state', 'stopped']);
  expect(events).toContainEqual({
    event: 'state',
    profile: 'dev',
    state: 'fresh',
    previous: null,
    needsPerson: false,
    reason: 'fine',
    expiresAt: startOfTest + 8 * hour,
    loginExpiresAt: startOfTest + 28 * day,
  });
});

it('goes on after the machine has slept past the end', async () => {
  const { world, run, elapse, stop, askedAt, events } = setup();
  run();
  await elapse(minute);
  world.clock.advance(10 * hour);
  await elapse(minute);
  await stop();
  expect(askedAt).toHaveLength(1);
  expect(askedAt[0]).toBeLessThan(10.1);
  expect(events).toContainEqual({ event: 'woke', sleptMs: expect.any(Number) });
});

it('tries again while the issuer is down, later each time, and is fresh when it is back', async () => {
  const { world, run, elapse, stop, answer, events, names } = setup();
  let tried = 0;
  world.runtime.refreshes(() => {
    tried += 1;
    // Longer than the use case takes for a quick end without an answer: it does not ask twice then.
    world.clock.advance(30_000);
  });
  run();
  await elapse(9 * hour, minute);
  expect(tried).toBeGreaterThan(3);
  expect(tried).toBeLessThan(12);
  const failed = events.filter((event) => event.event === 'refresh-failed');
  expect(failed[0]).toMatchObject({ code: 'refresh.unanswered', retryAt: expect.any(Number) });
  answer();
  await elapse(hour, minute);
  await stop();
  const states = events.flatMap((event) =>
    event.event === 'state' ? [[event.state, event.needsPerson]] : [],
  );
  expect(states).toEqual([
    ['fresh', false],
    ['retrying', false],
    ['retrying', true],
    ['fresh', false],
  ]);
  expect(names().at(-1)).toBe('stopped');
});

it('survives an engine that goes and comes back', async () => {
  const { world, run, elapse, stop, events, askedAt } = setup();
  const search = world.search;
  world.search = () => ({ engine: null, attempts: [] });
  run();
  await elapse(7.2 * hour, minute);
  expect(events).toContainEqual(expect.objectContaining({ event: 'refresh-failed', code: 'engine.missing' }));
  world.search = search;
  await elapse(hour, minute);
  await stop();
  expect(askedAt.length).toBe(1);
});

it('asks a refused login no more until somebody signs in', async () => {
  const { world, run, elapse, stop, answer, events, filesOf, change, askedAt } = setup();
  let tried = 0;
  world.runtime.refreshes(({ files }) => {
    tried += 1;
    change(files, { accessToken: '', refreshToken: '', expiresAt: 0 });
  });
  run();
  await elapse(12 * hour, minute);
  expect(tried).toBe(1);
  expect(events).toContainEqual(
    expect.objectContaining({ event: 'refresh-failed', code: 'refresh.refused', retryAt: null }),
  );
  expect(events.at(-1)).toMatchObject({ event: 'state', state: 'needs-person', needsPerson: true });
  answer();
  putLogin(filesOf('dev'), { token: 'again' });
  change(filesOf('dev'), { expiresAt: world.ports.clock.now() + 2 * hour });
  await elapse(2 * hour, minute);
  await stop();
  expect(askedAt).toHaveLength(1);
  expect(events.filter(({ event }) => event === 'state').at(-1)).toMatchObject({ state: 'fresh' });
});

it('takes profiles up and leaves them out as they come and go', async () => {
  const { world, run, elapse, stop, events } = setup();
  run();
  await elapse(minute);
  world.addProfile('test');
  await elapse(6 * minute);
  world.config = { ...world.config, profiles: world.config.profiles.filter(({ name }) => name !== 'dev') };
  await elapse(6 * minute);
  await stop();
  expect(events).toContainEqual({ event: 'profile-added', profile: 'test' });
  expect(events).toContainEqual({ event: 'profile-removed', profile: 'dev' });
});

it('sees a sign-in and a change of the settings at once, without waiting for its next look', async () => {
  const { world, run, elapse, stop, events, filesOf } = setup({ intervalMs: 6 * hour });
  filesOf('dev').delete(credentials);
  run();
  await elapse(minute);
  expect(events.at(-1)).toMatchObject({ state: 'needs-person' });
  putLogin(filesOf('dev'), { token: 'again' });
  await elapse(minute);
  expect(events.at(-1)).toMatchObject({ state: 'fresh', previous: 'needs-person' });
  world.addProfile('test');
  await elapse(minute);
  await stop();
  expect(events).toContainEqual({ event: 'profile-added', profile: 'test' });
});

it('keeps to the profiles that were named', async () => {
  const { pass } = setup({ names: ['test'] }, ['dev', 'test']);
  expect((await pass()).map(({ profile }) => profile)).toEqual(['test']);
});

it('goes on with the profiles it knows when the settings break', async () => {
  const { world, run, elapse, stop, events, askedAt } = setup();
  run();
  await elapse(minute);
  const load = world.ports.settings.load;
  world.ports.settings.load = async () => fail('settings.broken', 'Not read', 'it is not JSON', 'mend it');
  await elapse(20 * minute);
  expect(events.filter(({ event }) => event === 'settings-failed')).toHaveLength(1);
  world.ports.settings.load = load;
  await elapse(7 * hour, minute);
  await stop();
  expect(askedAt).toHaveLength(1);
});

it('says that somebody has to sign in three days before the login ends', async () => {
  const { filesOf, change, pass } = setup();
  change(filesOf('dev'), { refreshTokenExpiresAt: startOfTest + 2 * day });
  expect(await pass()).toMatchObject([{ state: 'ends-soon', needsPerson: true, nextAt: expect.any(Number) }]);
  change(filesOf('dev'), { refreshTokenExpiresAt: startOfTest + 4 * day });
  expect(await pass()).toMatchObject([{ state: 'fresh', needsPerson: false }]);
  filesOf('dev').delete(credentials);
  expect(await pass()).toMatchObject([{ state: 'needs-person', needsPerson: true, nextAt: null }]);
});

it('refreshes at once when asked, and only the one that was asked for', async () => {
  const { watch, run, settle, stop, askedAt, events } = setup({}, ['dev', 'test']);
  run();
  await settle();
  watch.refreshNow('test');
  await settle();
  await stop();
  expect(askedAt).toEqual([0]);
  expect(events).toContainEqual(expect.objectContaining({ event: 'refreshed', profile: 'test' }));
});

it('says why when a refresh is asked for that is of no use', async () => {
  const { watch, run, settle, stop, filesOf, events, askedAt } = setup();
  filesOf('dev').delete(credentials);
  run();
  await settle();
  watch.refreshNow('dev');
  await settle();
  await stop();
  expect(askedAt).toEqual([]);
  expect(events.filter(({ event }) => event === 'state')).toMatchObject([
    { state: 'needs-person', previous: null },
    { state: 'needs-person', previous: 'needs-person' },
  ]);
});

it('tells the hook of new tokens and other states once, also when two watch', async () => {
  const { world, filesOf, change, pass } = setup({ onChange: 'tell' });
  const other = createWatch(world.ports, {
    names: [],
    marginMs: hour,
    intervalMs: minute,
    seed: null,
    onChange: 'tell',
    metricsFile: null,
    onEvent: () => {},
  });
  await pass();
  unwrap(await other.pass(new AbortController().signal));
  await pass();
  expect(world.hookRuns).toEqual([
    {
      command: 'tell',
      variables: {
        CLAUDE_SETUP_PROFILE: 'dev',
        CLAUDE_SETUP_STATE: 'fresh',
        CLAUDE_SETUP_PREVIOUS_STATE: '',
        CLAUDE_SETUP_EXPIRES_AT: '2026-11-24T18:00:00.000Z',
        CLAUDE_SETUP_LOGIN_EXPIRES_AT: '2026-12-22T10:00:00.000Z',
        CLAUDE_SETUP_NEEDS_PERSON: '0',
        CLAUDE_SETUP_REASON: 'fine',
      },
    },
  ]);
  world.clock.advance(hour);
  change(filesOf('dev'), { expiresAt: startOfTest + 90 * minute });
  await pass();
  unwrap(await other.pass(new AbortController().signal));
  expect(world.hookRuns).toHaveLength(2);
  expect(world.hookRuns[1]?.variables).toMatchObject({ CLAUDE_SETUP_PREVIOUS_STATE: 'fresh' });
  expect(JSON.stringify(world.hookRuns)).not.toContain('sk-ant');
});

it('tells a hook that failed again at the next look, and reports the failure', async () => {
  const { world, events, pass } = setup({ onChange: 'tell' });
  world.hookResult = fail('hook.failed', 'It failed', 'it ended with status 3', 'run it by hand');
  await pass();
  expect(events).toContainEqual({ event: 'hook-failed', profile: 'dev', reason: 'it ended with status 3' });
  world.hookResult = ok(undefined);
  await pass();
  await pass();
  expect(world.hookRuns).toHaveLength(2);
  expect(events.filter(({ event }) => event === 'told')).toHaveLength(1);
});

it('writes the metrics at every look', async () => {
  const { world, pass } = setup({ metricsFile: '/metrics.prom' });
  await pass();
  expect(world.written.get('/metrics.prom')).toContain('claude_setup_needs_person{profile="dev"} 0');
});

it('keeps what was published fresh, also when only a person has signed in', async () => {
  const { world, pass, filesOf, change, events } = setup();
  const written = { logins: [], states: [] };
  const publication = { profile: 'dev', directory: '/srv/dev', full: false, owner: null, written };
  world.config = { ...world.config, publications: [publication] };
  await pass();
  const published = () => world.published.directory('/srv/dev').get(credentials) ?? '';
  expect(published()).toContain('sk-ant-oat01-TEST-dev');
  expect(published()).not.toContain('ort01');
  putLogin(filesOf('dev'), { token: 'again' });
  await pass();
  expect(published()).toContain('sk-ant-oat01-TEST-again');
  change(filesOf('dev'), { expiresAt: startOfTest + minute });
  await pass();
  expect(published()).toContain('sk-ant-oat01-TEST-renewed-1');
  expect(events.filter(({ event }) => event === 'published')).toHaveLength(3);
  const { writes } = world.published;
  await pass();
  expect(world.published.writes).toBe(writes);
});

it('publishes nothing of a login that was refused', async () => {
  const { world, pass, filesOf, change } = setup();
  const written = { logins: [], states: [] };
  const publication = { profile: 'dev', directory: '/srv/dev', full: false, owner: null, written };
  world.config = { ...world.config, publications: [publication] };
  await pass();
  putLogin(filesOf('dev'), { token: 'refused' });
  change(filesOf('dev'), { expiresAt: startOfTest + minute });
  world.runtime.refreshes(({ files }) => change(files, { accessToken: '', refreshToken: '', expiresAt: 0 }));
  await pass();
  await pass();
  expect(world.published.directory('/srv/dev').get(credentials)).toContain('sk-ant-oat01-TEST-dev');
});

it('reports a directory that can not be written once, and goes on', async () => {
  const { world, pass, events } = setup();
  const written = { logins: [], states: [] };
  const publication = { profile: 'dev', directory: '/srv/dev', full: false, owner: null, written };
  world.config = { ...world.config, publications: [publication] };
  world.published.failWrite(fail('disk.full', 'Not written', 'the disk is full', 'free some').failure);
  await pass();
  await pass();
  expect(events.filter(({ event }) => event === 'publish-failed')).toHaveLength(1);
  world.published.failWrite(null);
  expect(await pass()).toMatchObject([{ state: 'fresh' }]);
  expect(events.at(-1)).toMatchObject({ event: 'published', directory: '/srv/dev' });
});
