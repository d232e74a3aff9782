import { expect, it } from 'vitest';
import { importProfile } from '../../src/usecases/import-profile.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { createFakeWorld, putLogin } from '../tui/fake-world.ts';

const never = new AbortController().signal;
const home = '/home/ada';

const setup = (directory = `${home}/.claude-hub`) => {
  const world = createFakeWorld();
  putLogin(world.store.directory(directory));
  const run = (options: { name?: string; copy?: boolean; directory?: string } = {}) =>
    importProfile(world.ports, { directory, name: null, copy: false, runtime: 'docker', ...options }, never);
  return { world, run };
};

it.each([
  ['.claude-hub', 'dev'],
  ['.claude-auth-staging', 'staging'],
  ['.claude-auth-prod', 'prod'],
  ['claude-auth-test', 'test'],
  ['.claude', 'host'],
  ['My Logins', 'my-logins'],
  ['...', 'dev'],
])('suggests a name for %s', async (directory, name) => {
  const { run } = setup(`${home}/${directory}`);
  expect(unwrap(await run()).profile).toEqual({
    name,
    authDir: `${home}/${directory}`,
    runtime: 'docker',
    leaveOut: null,
  });
});

const sibling = JSON.stringify({ oauthAccount: { emailAddress: 'ada@example.com' } });

it('brings in the state file that lies beside ~/.claude, and says why', async () => {
  const { world, run } = setup(`${home}/.claude`);
  world.store.directory(`${home}/.claude`).delete('.claude.json');
  world.siblings.set(`${home}/.claude`, sibling);
  const { notes } = unwrap(await run());
  expect(notes[0]).toContain('/home/ada/.claude.json');
  expect(world.store.directory(`${home}/.claude`).text('.claude.json')).toBe(sibling);
});

it.each([
  ['says who is signed in', '{"oauthAccount":{"emailAddress":"inner@example.com"}}', false],
  ['says nothing', '{"numStartups":1}', true],
])('prefers the state file in the directory when it %s', async (_what, inner, isReplaced) => {
  const { world, run } = setup(`${home}/.claude`);
  const files = world.store.directory(`${home}/.claude`);
  files.set('.claude.json', inner);
  world.siblings.set(`${home}/.claude`, sibling);
  unwrap(await run());
  expect(files.text('.claude.json')).toBe(isReplaced ? sibling : inner);
});

it('takes no state file that can not be read', async () => {
  const { world, run } = setup(`${home}/.claude`);
  world.store.directory(`${home}/.claude`).delete('.claude.json');
  world.siblings.set(`${home}/.claude`, '{"cut');
  unwrap(await run());
  expect(world.store.directory(`${home}/.claude`).text('.claude.json')).toBeNull();
});

it('copies on request, with the state file, and warns of the two places', async () => {
  const { world, run } = setup(`${home}/.claude`);
  const files = world.store.directory(`${home}/.claude`);
  files.delete('.claude.json');
  world.siblings.set(`${home}/.claude`, sibling);
  const before = files.text('.credentials.json');
  const { profile, notes } = unwrap(await run({ name: 'mine', copy: true }));
  expect(profile.authDir).toBe(`${home}/.claude-auth-mine`);
  const copied = world.store.directory(profile.authDir);
  expect([copied.text('.credentials.json'), copied.text('.claude.json')]).toEqual([before, sibling]);
  expect(files.text('.claude.json')).toBeNull();
  expect(notes.join()).toContain('two places');
});

it('goes on with a copy that was cut off before the profile was there, and copies over no other login', async () => {
  const { world, run } = setup();
  const target = world.store.directory(`${home}/.claude-auth-mine`);
  putLogin(target);
  unwrap(await run({ name: 'mine', copy: true }));
  putLogin(world.store.directory(`${home}/.claude-auth-other`), { token: 'another' });
  expectFailure(await run({ name: 'other', copy: true }), 'directory.occupied');
  expect(world.store.directory(`${home}/.claude-auth-other`).text('.credentials.json')).toContain('another');
});

it('warns when another profile holds the same login', async () => {
  const { world, run } = setup();
  putLogin(world.store.directory(world.addProfile('twin', { signedIn: false }).authDir));
  world.addProfile('stranger');
  expect(unwrap(await run()).notes.join()).toMatch(/^twin holds the same login/);
});

it('refuses a directory of another profile, a name that is taken, and what holds no login', async () => {
  const { world, run } = setup();
  unwrap(await run());
  expect(expectFailure(await run(), 'profile.exists')).toContain('--name');
  expect(expectFailure(await run({ name: 'other' }), 'profile.exists')).toContain('dev');
  expectFailure(await run({ name: 'No' }), 'profile.name');
  expectFailure(await run({ name: 'x', directory: '/nowhere' }), 'login.missing');
  world.store.directory('/notes').set('notes.txt', '');
  expectFailure(await run({ name: 'x', directory: '/notes' }), 'login.missing');
  expect(world.config.profiles).toHaveLength(1);
});
