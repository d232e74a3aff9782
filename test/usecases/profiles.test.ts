import { describe, expect, it } from 'vitest';
import { addProfile, makeDefault, resolveProfile } from '../../src/usecases/profiles.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { createFakeWorld, putLogin } from '../tui/fake-world.ts';

const dev = { name: 'dev', authDir: null, runtime: 'docker', allowOccupied: false } as const;

describe('addProfile', () => {
  it('uses the preset directory, CLAUDE_HUB_DIR when it is set, and makes the first profile the default', async () => {
    const world = createFakeWorld({ env: { CLAUDE_HUB_DIR: '/srv/hub' } });
    expect(unwrap(await addProfile(world.ports, dev))).toEqual({
      profile: { name: 'dev', authDir: '/srv/hub', runtime: 'docker', leaveOut: null },
      directory: 'missing',
    });
    unwrap(await addProfile(world.ports, { ...dev, name: 'staging' }));
    expect(world.config.defaultProfile).toBe('dev');
    expect(world.config.profiles[1]?.authDir).toBe('/home/ada/.claude-auth-staging');
  });

  it('adopts a captured directory in place', async () => {
    const world = createFakeWorld();
    putLogin(world.store.directory('/home/ada/.claude-hub'));
    expect(unwrap(await addProfile(world.ports, dev)).directory).toBe('captured');
  });

  it('asks before it uses a directory with other things in it', async () => {
    const world = createFakeWorld();
    world.store.directory('/home/ada/.claude-hub').set('notes.txt', 'mine');
    expect(expectFailure(await addProfile(world.ports, dev), 'directory.occupied')).toContain('notes.txt');
    expect(world.config.profiles).toEqual([]);
    unwrap(await addProfile(world.ports, { ...dev, allowOccupied: true }));
  });

  it.each(['', 'Dev', 'a b', '../x', '-a', 'a'.repeat(33), 'a\u001b[2J'])(
    'refuses the name %j',
    async (name) => {
      expectFailure(await addProfile(createFakeWorld().ports, { ...dev, name }), 'profile.name');
    },
  );

  it('refuses a name or a directory that is taken', async () => {
    const world = createFakeWorld();
    unwrap(await addProfile(world.ports, dev));
    expectFailure(await addProfile(world.ports, dev), 'profile.exists');
    const other = { ...dev, name: 'other', authDir: '/home/ada/.claude-hub' };
    expect(expectFailure(await addProfile(world.ports, other), 'profile.exists')).toContain('dev');
  });
});

describe('resolveProfile', () => {
  it('takes the name, then the environment, then the default, and says why', async () => {
    const world = createFakeWorld({ env: { CLAUDE_SETUP_PROFILE: 'staging' } });
    for (const name of ['dev', 'staging', 'test']) world.addProfile(name);
    const resolved = async (name: string | null) => {
      const { profile, reason } = unwrap(await resolveProfile(world.ports, name));
      return [profile.name, reason];
    };
    expect(await resolved('test')).toEqual(['test', 'named on the command line']);
    expect(await resolved(null)).toEqual(['staging', 'CLAUDE_SETUP_PROFILE']);
  });

  it('says what there is when the name is unknown, without echoing what is no name', async () => {
    const world = createFakeWorld();
    world.addProfile('dev');
    expect(expectFailure(await resolveProfile(world.ports, 'prod'), 'profile.unknown')).toContain('dev');
    expectFailure(await resolveProfile(world.ports, '\u001b[31m'), 'profile.unknown');
  });

  it('points at login when there is no profile', async () => {
    expect(expectFailure(await resolveProfile(createFakeWorld().ports, null), 'profile.unknown')).toContain(
      'login',
    );
  });
});

it('makes a profile the default, and only one that is there', async () => {
  const world = createFakeWorld();
  world.addProfile('dev');
  world.addProfile('test');
  unwrap(await makeDefault(world.ports, 'test'));
  expect(world.config.defaultProfile).toBe('test');
  expectFailure(await makeDefault(world.ports, 'nope'), 'profile.unknown');
});
