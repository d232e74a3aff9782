import { expect, it } from 'vitest';
import { capture } from '../../src/usecases/capture.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { createFakeWorld, putLogin } from '../tui/fake-world.ts';

const never = new AbortController().signal;

const world = ({ signedIn = true } = {}) => {
  const fake = createFakeWorld();
  const profile = fake.addProfile('dev', { signedIn });
  const run = fake.runtime.leave({ profile: 'dev' });
  const text = () => fake.store.directory(profile.authDir).text('.credentials.json');
  const take = (longLivedToken: string | null = null) =>
    capture(fake.ports, { profile, run, longLivedToken }, () => undefined, never);
  return { fake, profile, run, text, take };
};

it('moves a new login in, removes the run and reports on the directory as it is now', async () => {
  const { run, text, take } = world();
  putLogin(run.files, { token: 'NEW' });
  const { report } = unwrap(await take());
  expect(report).toMatchObject({
    profile: 'dev',
    status: 'pass',
    account: { email: 'ada@example.com', plan: 'max' },
  });
  expect(text()).toContain('TEST-NEW');
  expect(run.removed).toBe(true);
});

it.each([
  ['an empty file', ''],
  [
    'a blanked login',
    '{"claudeAiOauth":{"accessToken":"","refreshToken":"","expiresAt":0,"scopes":["user:inference"]}}',
  ],
  ['half a file', '{"claudeAiOauth":{"accessToken":"sk-ant-oat01-TEST'],
])('refuses %s, changes nothing and keeps the run', async (_what, content) => {
  const { run, text, take } = world();
  const before = text();
  run.files.set('.credentials.json', content);
  const line = expectFailure(await take(), 'capture.checks-failed');
  expect(line).not.toContain('sk-ant-oat01-TEST');
  expect(text()).toBe(before);
  expect(run.removed).toBe(false);
});

it('does not take the tokens of before for a sign-in', async () => {
  const { run, take } = world();
  putLogin(run.files, { token: 'dev' });
  expectFailure(await take(), 'sign-in.unchanged');
  expect(run.removed).toBe(false);
});

it('keeps the run when staging fails, and takes it the next time', async () => {
  const { fake, run, take } = world();
  putLogin(run.files, { token: 'NEW' });
  fake.store.failStage({
    code: 'disk.full',
    what: 'Not captured',
    why: 'the disk is full',
    fix: 'free some space',
  });
  expectFailure(await take(), 'disk.full');
  expect(run.removed).toBe(false);
  fake.store.failStage(null);
  unwrap(await take());
});

it('keeps a long-lived token in a file of its own', async () => {
  const { fake, profile, take } = world({ signedIn: false });
  fake.store.directory(profile.authDir);
  unwrap(await take('sk-ant-oat01-TEST-long'));
  expect(fake.store.directory(profile.authDir).text('oauth-token')).toBe('sk-ant-oat01-TEST-long\n');
});
