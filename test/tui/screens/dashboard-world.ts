import type { FakeFiles } from '../../../src/adapters/practice/fake-files.ts';
import { createFakeWorld, type FakeWorld, putLogin } from '../fake-world.ts';

export const start = { screen: 'dashboard' } as const;
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

export const threeProfiles = () => {
  const world = createFakeWorld();
  world.addProfile('dev', { email: 'dev@example.com' });
  world.addProfile('staging', { signedIn: false });
  world.addProfile('test', { email: 'test@example.com' });
  return world;
};

export const filesOf = (world: FakeWorld, name: string): FakeFiles =>
  world.store.directory(`/home/ada/.claude-auth-${name}`);

/** A profile of each kind: fine, due, shared, ending, broken, long-lived, not signed in. */
export const everyKind = () => {
  const world = createFakeWorld();
  const add = (name: string, login: Parameters<typeof putLogin>[1]) => {
    world.addProfile(name, { signedIn: false });
    putLogin(filesOf(world, name), { token: name, email: `${name}@example.com`, ...login });
  };
  add('dev', {});
  add('staging', { leftMs: -2 * hour });
  add('copy-of-dev', { email: 'dev@example.com' });
  add('prod', { loginLeftMs: 2 * day + 5 * hour });
  add('ci', { leftMs: 42 * minute + 10_000 });
  world.addProfile('old', { signedIn: false });
  filesOf(world, 'old').set('.credentials.json', '');
  world.addProfile('bot', { signedIn: false });
  filesOf(world, 'bot').set('.claude.json', '{"hasCompletedOnboarding":true}');
  filesOf(world, 'bot').set('oauth-token', 'sk-ant-oat01-TEST-long');
  world.addProfile('empty', { signedIn: false });
  return world;
};
