import { expect, it } from 'vitest';
import { parseLogin } from '../../src/domain/credentials.ts';
import { toWorkingCopy } from '../../src/domain/working-copy.ts';
import { planRemoval, type RemoveInput, removeProfile } from '../../src/usecases/remove-profile.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { createFakeWorld, putLogin, startOfTest } from '../tui/fake-world.ts';

const never = new AbortController().signal;

const setup = (name = 'staging', authDir?: string) => {
  const world = createFakeWorld();
  const profile = world.addProfile(name, authDir === undefined ? {} : { authDir });
  const said: string[] = [];
  const remove = (purge: RemoveInput['purge'] = 'nothing') =>
    removeProfile(world.ports, { profile, purge }, (line) => said.push(line), never);
  const copy = () => {
    const parsed = parseLogin(world.store.directory(profile.authDir).text('.credentials.json') ?? '');
    if (!parsed.ok) throw new Error('the login is good');
    return toWorkingCopy(parsed.login, null, startOfTest);
  };
  return { world, profile, said, remove, copy };
};

it('forgets the profile and all that points to it, keeps the directory, and says so', async () => {
  const { world, profile, remove } = setup();
  for (const name of ['other', 'third']) world.addProfile(name);
  world.refused.set('staging', { login: 'x', at: startOfTest });
  world.config = {
    ...world.config,
    wizard: { runtime: null, profile: 'staging', method: null },
    publications: [
      {
        profile: 'staging',
        directory: '/srv/a',
        full: false,
        owner: null,
        written: { logins: [], states: [] },
      },
    ],
  };
  world.projectFile = { path: '/home/ada/app/.claude-setup', text: 'staging' };
  expect(unwrap(await remove())).toEqual({
    profile,
    purged: false,
    kept: [profile.authDir, '/srv/a keeps what was published to it, and gets nothing new'],
    notes: [
      'There is no default profile now; choose one with claude-setup use NAME',
      '/home/ada/app/.claude-setup still names staging',
    ],
  });
  expect(world.config).toMatchObject({ defaultProfile: null, wizard: null, publications: [] });
  expect(world.config.profiles.map(({ name }) => name)).toEqual(['other', 'third']);
  expect(world.refused.size).toBe(0);
  expect(world.store.has(profile.authDir)).toBe(true);
});

it('brings new tokens home before it lets the directory go, and clears up what was left', async () => {
  const { world, profile, said, remove, copy } = setup();
  const left = world.runtime.leaveCopy('staging', copy(), (made) => putLogin(made, { token: 'newer' }));
  const run = world.sandbox.leave({ profile: 'staging' });
  const others = world.sandbox.leave({ profile: 'other' });
  unwrap(await remove());
  expect(world.store.directory(profile.authDir).text('.credentials.json')).toContain('TEST-newer');
  expect([left.removed, run.removed, others.removed]).toEqual([true, true, false]);
  expect(said.join()).toContain('Removed a sign-in that was left in a private home');
});

it('stays while a refresh of it is under way, unless the login goes as well', async () => {
  const { world, profile, remove, copy } = setup();
  const left = world.runtime.leaveCopy('staging', copy(), () => {});
  left.running = true;
  expectFailure(await remove(), 'profile.unsettled');
  expect(world.config.profiles).toHaveLength(1);
  expect(unwrap(await remove('captured'))).toMatchObject({ purged: true, kept: [] });
  expect([left.removed, world.store.has(profile.authDir)]).toEqual([true, false]);
});

it('needs no engine, and says what it could not look for', async () => {
  const { world, remove } = setup();
  world.search = () => ({ engine: null, attempts: [] });
  expect(unwrap(await remove()).kept.join()).toContain('claude-setup.profile=staging');
  expect(world.config.profiles).toEqual([]);
});

it('purges nothing that no capture has made, unless told', async () => {
  const { world, profile, remove } = setup();
  world.store.directory(profile.authDir).set('notes.txt', 'mine');
  expect(unwrap(await planRemoval(world.ports, 'staging'))).toEqual({
    profile,
    others: ['notes.txt'],
    snapshots: 0,
  });
  expect(expectFailure(await remove('captured'), 'directory.occupied')).toContain('notes.txt');
  expect(world.store.has(profile.authDir)).toBe(true);
  expect(world.config.profiles).toHaveLength(1);
  unwrap(await remove('everything'));
  expect(world.store.has(profile.authDir)).toBe(false);
});

it("never purges the directory of this machine's own CLI", async () => {
  const { world, remove } = setup('host', '/home/ada/.claude');
  expectFailure(await remove('everything'), 'directory.unsafe');
  expect(world.store.has('/home/ada/.claude')).toBe(true);
});

it('keeps the profile when its directory can not be removed, so that it can be done again', async () => {
  const { world, profile, remove } = setup();
  let keep: readonly string[] = [];
  world.addProfile('inner', { authDir: `${profile.authDir}/inner` });
  world.ports.directories.purge = async (_directory, kept) => {
    keep = kept;
    return { ok: false, failure: { code: 'disk.error', what: 'No', why: 'EIO', fix: 'again' } };
  };
  expectFailure(await remove('captured'), 'disk.error');
  expect(keep).toEqual(['/home/ada', '/home/ada/.config/claude-setup', `${profile.authDir}/inner`]);
  expect(world.config.profiles).toHaveLength(2);
});
