import { expect, it } from 'vitest';
import type { FakeCopy } from '../../src/adapters/practice/fake-copy.ts';
import type { FakeFiles } from '../../src/adapters/practice/fake-files.ts';
import { parseLogin } from '../../src/domain/credentials.ts';
import { fail } from '../../src/domain/failure.ts';
import { toWorkingCopy } from '../../src/domain/working-copy.ts';
import { checkDirectory } from '../../src/usecases/check.ts';
import { refresh, usualMarginMs } from '../../src/usecases/refresh.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { blankLogin, changeLogin, createFakeWorld, oauthOf, startOfTest } from '../tui/fake-world.ts';

const never = new AbortController().signal;
const hour = 3600_000;
const credentials = '.credentials.json';
type Oauth = Readonly<Record<string, unknown>>;

/** What the CLI writes when the issuer gives new tokens. */
const renew = (files: FakeFiles, name = 'renewed', expiresAt = startOfTest + 8 * hour): void =>
  changeLogin(files, {
    accessToken: `sk-ant-oat01-TEST-${name}`,
    refreshToken: `sk-ant-ort01-TEST-${name}`,
    expiresAt,
  });

const setup = ({ left = 10 * 60_000 } = {}) => {
  const world = createFakeWorld();
  world.addImage();
  const profile = world.addProfile('dev');
  const files = world.store.directory(profile.authDir);
  changeLogin(files, { expiresAt: startOfTest + left });
  const before = files.text(credentials) ?? '';
  const run = (marginMs: number | null = usualMarginMs, signal = never) =>
    refresh(world.ports, { profile, marginMs }, () => {}, signal);
  const copyOfStored = () => {
    const parsed = parseLogin(before);
    if (!parsed.ok) throw new Error('the login is good');
    return toWorkingCopy(parsed.login, null, startOfTest);
  };
  return { world, runtime: world.runtime, profile, files, before, run, copyOfStored };
};

it('has the CLI refresh an aged copy, and keeps the new tokens', async () => {
  const { runtime, files, run, before } = setup();
  let aged: Oauth = {};
  runtime.refreshes((copy) => {
    aged = oauthOf(copy.files);
    renew(copy.files);
  });
  expect(unwrap(await run())).toEqual({ outcome: 'refreshed', expiresAt: startOfTest + 8 * hour });
  expect(Number(aged.expiresAt)).toBeLessThan(startOfTest);
  expect({ ...aged, expiresAt: startOfTest + 600_000 }).toEqual(JSON.parse(before).claudeAiOauth);
  expect(oauthOf(files)).toMatchObject({
    accessToken: 'sk-ant-oat01-TEST-renewed',
    refreshToken: 'sk-ant-ort01-TEST-renewed',
    scopes: ['user:inference', 'user:profile'],
  });
  expect(runtime.copies.map(({ removed }) => removed)).toEqual([true]);
});

it("keeps other servers' logins, and does not show them to the CLI", async () => {
  const { runtime, files, run } = setup();
  files.set(
    credentials,
    JSON.stringify({ ...JSON.parse(files.text(credentials) ?? ''), mcpOAuth: { a: 1 } }),
  );
  runtime.refreshes((copy) => {
    expect(copy.files.text(credentials)).not.toContain('mcpOAuth');
    renew(copy.files);
  });
  unwrap(await run());
  expect(JSON.parse(files.text(credentials) ?? '')).toMatchObject({ mcpOAuth: { a: 1 } });
});

it('does nothing while more than the margin is left, unless forced', async () => {
  const { runtime, run } = setup({ left: 2 * hour });
  runtime.refreshes((copy) => renew(copy.files));
  expect(unwrap(await run())).toEqual({ outcome: 'fresh', expiresAt: startOfTest + 2 * hour });
  expect(runtime.copies).toEqual([]);
  expect(unwrap(await run(3 * hour))).toMatchObject({ outcome: 'refreshed' });
  expect(unwrap(await run())).toMatchObject({ outcome: 'fresh' });
  runtime.refreshes((copy) => renew(copy.files, 'forced'));
  expect(unwrap(await run(null))).toMatchObject({ outcome: 'refreshed' });
});

it('keeps new tokens that live shorter than the old ones', async () => {
  const { runtime, files, run } = setup({ left: 7 * hour });
  runtime.refreshes((copy) => renew(copy.files, 'short', startOfTest + hour));
  expect(unwrap(await run(null))).toMatchObject({ outcome: 'refreshed', expiresAt: startOfTest + hour });
  expect(oauthOf(files).refreshToken).toBe('sk-ant-ort01-TEST-short');
});

it('leaves the login as it is when it is refused, and the checks say so until somebody signs in', async () => {
  const { world, runtime, profile, files, before, run } = setup();
  runtime.refreshes((copy) => blankLogin(copy.files));
  expectFailure(await run(), 'refresh.refused');
  expect(files.text(credentials)).toBe(before);
  expect(runtime.copies.map(({ removed }) => removed)).toEqual([true]);
  const check = async () => {
    const report = await checkDirectory(world.ports, {
      authDir: profile.authDir,
      profile: 'dev',
      live: null,
    });
    return report.findings.find(({ id }) => id === 'token.login')?.status;
  };
  expect(await check()).toBe('fail');
  renew(files, 'signed-in-again');
  expect(await check()).toBe('pass');
});

it('asks again when the CLI ended without an answer, and then gives up', async () => {
  const { runtime, files, before, run } = setup();
  runtime.refreshes((copy) => {
    if (copy.id === 'copy-2') renew(copy.files);
  });
  expect(unwrap(await run())).toMatchObject({ outcome: 'refreshed' });
  runtime.refreshes(() => {});
  files.set(credentials, before);
  expectFailure(await run(), 'refresh.unanswered');
  expect(files.text(credentials)).toBe(before);
  expect(runtime.copies.every(({ removed }) => removed)).toBe(true);
});

it('does not show the token a second time when the CLI gave up on a slow issuer', async () => {
  const { world, runtime, files, before, run } = setup();
  runtime.refreshes(() => world.clock.advance(30_000));
  expectFailure(await run(), 'refresh.unanswered');
  expect(runtime.copies).toHaveLength(1);
  expect(files.text(credentials)).toBe(before);
});

it.each<[string, (copy: FakeCopy) => void]>([
  ['cut off', ({ files }) => files.set(credentials, '{"claudeAiOauth": {"accessTo')],
  ['no login', ({ files }) => files.set(credentials, '{}')],
  [
    'without a refresh token',
    ({ files }) => changeLogin(files, { accessToken: 'sk-ant-oat01-TESTx', refreshToken: null }),
  ],
  [
    "another account's",
    ({ files }) => {
      renew(files);
      files.set('.claude.json', '{"oauthAccount": {"accountUuid": "other"}}');
    },
  ],
])('adopts nothing that is %s', async (_what, cli) => {
  const { runtime, files, before, run } = setup();
  files.set('.claude.json', '{"oauthAccount": {"accountUuid": "mine"}}');
  runtime.refreshes(cli);
  expectFailure(await run(), 'refresh.unusable');
  expect(files.text(credentials)).toBe(before);
});

it('says that somebody has to sign in when there is nothing to refresh with', async () => {
  const { runtime, files, run } = setup();
  changeLogin(files, { refreshToken: null });
  expect(expectFailure(await run(), 'refresh.impossible')).toContain('claude-setup login dev');
  changeLogin(files, { refreshToken: 'sk-ant-ort01-TEST', refreshTokenExpiresAt: startOfTest - hour });
  expectFailure(await run(), 'refresh.impossible');
  expect(runtime.copies).toEqual([]);
});

it('takes over what a killed process left, without asking the CLI again', async () => {
  const { runtime, files, run, copyOfStored } = setup();
  const left = runtime.leaveCopy('dev', copyOfStored(), renew);
  expect(unwrap(await run())).toEqual({ outcome: 'recovered', expiresAt: startOfTest + 8 * hour });
  expect(oauthOf(files).refreshToken).toBe('sk-ant-ort01-TEST-renewed');
  expect(left.removed).toBe(true);
  expect(runtime.copies).toHaveLength(1);
});

it('refreshes anew what it took over when that has ended meanwhile', async () => {
  const { runtime, files, run, copyOfStored } = setup();
  runtime.leaveCopy('dev', copyOfStored(), (left) => renew(left, 'old', startOfTest - hour));
  runtime.refreshes((copy) => {
    expect(oauthOf(copy.files).refreshToken).toBe('sk-ant-ort01-TEST-old');
    renew(copy.files, 'newest');
  });
  expect(unwrap(await run())).toMatchObject({ outcome: 'refreshed' });
  expect(oauthOf(files).refreshToken).toBe('sk-ant-ort01-TEST-newest');
});

it('throws away the copy of a login that is no longer the stored one', async () => {
  const { runtime, files, run, copyOfStored } = setup();
  const left = runtime.leaveCopy('dev', copyOfStored(), renew);
  renew(files, 'signed-in-since', startOfTest + 5 * hour);
  expect(unwrap(await run())).toMatchObject({ outcome: 'fresh' });
  expect(left.removed).toBe(true);
  expect(oauthOf(files).refreshToken).toBe('sk-ant-ort01-TEST-signed-in-since');
});

it('keeps a copy whose CLI is still at work, and takes it over later', async () => {
  const { runtime, files, before, run } = setup();
  runtime.refreshes((copy) => {
    copy.running = true;
  });
  expectFailure(await run(), 'refresh.under-way');
  const [copy] = runtime.copies;
  if (copy === undefined) throw new Error('a copy was started');
  expect([copy.removed, files.text(credentials)]).toEqual([false, before]);
  renew(copy.files);
  copy.running = false;
  expect(unwrap(await run())).toMatchObject({ outcome: 'recovered' });
});

it('keeps the copy when the new tokens could not be written', async () => {
  const { world, runtime, run } = setup();
  const real = world.store.write;
  world.store.write = async () => fail('disk.full', 'Not written', 'the disk is full', 'free some space');
  runtime.refreshes((copy) => renew(copy.files));
  expectFailure(await run(), 'disk.full');
  expect(runtime.copies.map(({ removed }) => removed)).toEqual([false]);
  world.store.write = real;
  expect(unwrap(await run())).toMatchObject({ outcome: 'recovered' });
});

it('starts nothing when it can not look for what was left', async () => {
  const { runtime, run } = setup();
  runtime.failFind(fail('engine.lost', 'Not listed', 'the engine is gone', 'start it').failure);
  expectFailure(await run(), 'engine.lost');
  expect(runtime.copies).toEqual([]);
});

it('waits while a CLI refreshes in the auth directory itself', async () => {
  const { world, runtime, run } = setup();
  runtime.refreshes((copy) => renew(copy.files));
  world.cliRefreshing = true;
  let done = false;
  const refreshing = run().finally(() => {
    done = true;
  });
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  expect([done, runtime.copies.length]).toEqual([false, 0]);
  world.cliRefreshing = false;
  await expect
    .poll(() => {
      world.clock.advance(500);
      return done;
    })
    .toBe(true);
  expect(unwrap(await refreshing)).toMatchObject({ outcome: 'refreshed' });
});
