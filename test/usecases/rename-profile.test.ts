import { expect, it } from 'vitest';
import { parseLogin } from '../../src/domain/credentials.ts';
import { fail } from '../../src/domain/failure.ts';
import { loginMark, toWorkingCopy } from '../../src/domain/working-copy.ts';
import { renameProfile } from '../../src/usecases/rename-profile.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { blankLogin, createFakeWorld, putLogin, startOfTest } from '../tui/fake-world.ts';

const never = new AbortController().signal;

const setup = (env: Record<string, string> = {}) => {
  const world = createFakeWorld({ env });
  const profile = world.addProfile('staging');
  const files = world.store.directory(profile.authDir);
  const parsed = parseLogin(files.text('.credentials.json') ?? '');
  if (!parsed.ok) throw new Error('the login is good');
  const said: string[] = [];
  const rename = (newName = 'prod', name = 'staging') =>
    renameProfile(world.ports, { name, newName }, (line) => said.push(line), never);
  const { login } = parsed;
  return { world, profile, files, login, said, rename, copy: () => toWorkingCopy(login, null, startOfTest) };
};

it('takes the default, the answers of a wizard and published directories with it, and leaves the directory', async () => {
  const { world, profile, rename } = setup();
  world.addProfile('other');
  const publication = { full: false, owner: null, written: { logins: [], states: [] } };
  world.config = {
    ...world.config,
    wizard: { runtime: 'docker', profile: 'staging', method: null },
    publications: [
      { ...publication, profile: 'staging', directory: '/srv/a' },
      { ...publication, profile: 'other', directory: '/srv/b' },
    ],
  };
  expect(unwrap(await rename())).toEqual({ profile: { ...profile, name: 'prod' }, stale: null });
  expect(world.config).toMatchObject({
    defaultProfile: 'prod',
    profiles: [{ name: 'prod', authDir: profile.authDir }, { name: 'other' }],
    wizard: { profile: 'prod' },
    publications: [{ profile: 'prod' }, { profile: 'other' }],
  });
});

it('takes with it that a login was refused', async () => {
  const { world, login, rename } = setup();
  const refused = { login: loginMark(login), at: startOfTest };
  world.refused.set('staging', refused);
  unwrap(await rename());
  expect([...world.refused]).toEqual([['prod', refused]]);
});

it.each(['docker', 'sandbox'] as const)(
  'brings home first what a refresh that was cut off has left (%s)',
  async (kind) => {
    const { world, files, rename, copy, said } = setup();
    const runtime = kind === 'docker' ? world.runtime : world.sandbox;
    const left = runtime.leaveCopy('staging', copy(), (made) => putLogin(made, { token: 'newer' }));
    unwrap(await rename());
    expect(files.text('.credentials.json')).toContain('TEST-newer');
    expect(left.removed).toBe(true);
    expect(said.join()).toContain('cut off');
  },
);

it('goes on when the refresh that was left had been refused, and remembers that under the new name', async () => {
  const { world, files, rename, copy } = setup();
  const before = files.text('.credentials.json');
  world.runtime.leaveCopy('staging', copy(), blankLogin);
  unwrap(await rename());
  expect(files.text('.credentials.json')).toBe(before);
  expect([...world.refused.keys()]).toEqual(['prod']);
});

it('changes nothing while a refresh is under way, or a sign-in waits, or nobody can look', async () => {
  const { world, rename, copy } = setup();
  const before = world.config;
  const left = world.runtime.leaveCopy('staging', copy(), () => {});
  left.running = true;
  expectFailure(await rename(), 'profile.unsettled');
  left.running = false;
  const run = world.sandbox.leave({ profile: 'staging' });
  expect(expectFailure(await rename(), 'profile.unsettled')).toContain('claude-setup login staging');
  await run.remove();
  world.runtime.failFind(fail('engine.lost', 'Not listed', 'the engine is gone', 'start it').failure);
  expectFailure(await rename(), 'profile.unsettled');
  world.runtime.failFind(null);
  world.search = () => ({ engine: null, attempts: [] });
  expect(expectFailure(await rename(), 'profile.unsettled')).toContain('engine');
  expect(world.config).toBe(before);
  const [profile] = before.profiles;
  if (profile === undefined) throw new Error('it was added');
  // One that never has anything in a container needs no engine.
  world.config = { ...before, profiles: [{ ...profile, runtime: 'sandbox' }] };
  unwrap(await rename());
});

it('says what still goes by the old name here', async () => {
  expect(unwrap(await setup({ CLAUDE_SETUP_PROFILE: 'staging' }).rename()).stale).toContain(
    'CLAUDE_SETUP_PROFILE',
  );
  const { world, rename } = setup();
  world.projectFile = { path: '/home/ada/app/.claude-setup', text: 'staging\n' };
  expect(unwrap(await rename()).stale).toContain('/home/ada/app/.claude-setup');
});

it('refuses a name that is taken, no name, or the same, and a profile that is not there', async () => {
  const { world, rename } = setup();
  world.addProfile('prod');
  expect(expectFailure(await rename(), 'profile.exists')).toContain('/home/ada/.claude-auth-prod');
  expectFailure(await rename('No name'), 'profile.name');
  expectFailure(await rename('staging'), 'usage');
  expectFailure(await rename('x', 'nobody'), 'profile.unknown');
});

it('has both names to itself meanwhile', async () => {
  const { world, rename } = setup();
  const events: string[] = [];
  world.ports.locks.acquire = async (name) => {
    events.push(`+${name}`);
    return { ok: true, value: { release: async () => void events.push(`-${name}`) } };
  };
  unwrap(await rename());
  expect(events).toEqual(['+prod', '+staging', '-staging', '-prod']);
});
