import { expect, it } from 'vitest';
import { fail } from '../../src/domain/failure.ts';
import { blankLogin, changeLogin, putLogin, startOfTest } from '../tui/fake-world.ts';
import { credentials, day, hour, minute, setup } from './watch-world.ts';

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
  const { world, run, elapse, stop, answer, events, filesOf, askedAt } = setup();
  let tried = 0;
  world.runtime.refreshes(({ files }) => {
    tried += 1;
    blankLogin(files);
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
  changeLogin(filesOf('dev'), { expiresAt: world.ports.clock.now() + 2 * hour });
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
  const { filesOf, pass } = setup();
  changeLogin(filesOf('dev'), { refreshTokenExpiresAt: startOfTest + 2 * day });
  expect(await pass()).toMatchObject([{ state: 'ends-soon', needsPerson: true, nextAt: expect.any(Number) }]);
  changeLogin(filesOf('dev'), { refreshTokenExpiresAt: startOfTest + 4 * day });
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
