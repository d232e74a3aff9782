import { expect, it } from 'vitest';
import type { StoredLogin } from '../../src/domain/credentials.ts';
import { type LeaseFiles, toLease } from '../../src/domain/lease.ts';
import { toWorkingCopy } from '../../src/domain/working-copy.ts';
import { interruptedAtEachLook } from '../support/abort-at-look.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import type { Subject } from './runtime-contract.ts';

const never = new AbortController().signal;

const login: StoredLogin = {
  claudeAiOauth: {
    accessToken: 'sk-ant-oat01-TESTlease',
    refreshToken: 'sk-ant-ort01-TESTlease',
    expiresAt: Date.now() + 3600_000,
    scopes: ['user:inference', 'user:profile'],
    subscriptionType: 'max',
  },
};
const stateFile = JSON.stringify({ oauthAccount: { emailAddress: 'tester@example.com' } });
const workingCopy = () => toWorkingCopy(login, stateFile, Date.now());
const goodLease = (): LeaseFiles => toLease(login, stateFile);
const uselessLease = (): LeaseFiles =>
  toLease({ claudeAiOauth: { ...login.claudeAiOauth, scopes: ['user:profile'] } }, null);

/** What every runtime does with the CLI: on a lease, and in a working copy, where it refreshes. */
export const cliContract = (subject: Subject): void => {
  it('runs the CLI on a lease, and leaves nothing', async () => {
    const { exitCode, stdout } = unwrap(
      await subject.world
        .runtime()
        .runCli(['auth', 'status'], goodLease(), { profile: 'dev', timeoutMs: 60_000, signal: never }),
    );
    expect(JSON.parse(stdout)).toMatchObject({
      loggedIn: true,
      authMethod: 'claude.ai',
      email: 'tester@example.com',
    });
    expect(exitCode).toBe(0);
    expect(await subject.world.leftovers()).toEqual([]);
  });

  it('tells what the CLI said when it is not content', async () => {
    const options = { profile: 'dev', timeoutMs: 60_000, signal: never };
    const refused = unwrap(await subject.world.runtime().runCli(['auth', 'status'], uselessLease(), options));
    expect(refused.exitCode).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ loggedIn: false });
    const unknown = unwrap(await subject.world.runtime().runCli(['no-such-command'], goodLease(), options));
    expect(unknown).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: "error: unknown command 'no-such-command'\n",
    });
  });

  it('gives up on a CLI that does not answer, and leaves nothing', async () => {
    const late = await subject.world
      .hanging()
      .runCli(['auth', 'status'], goodLease(), { profile: 'dev', timeoutMs: 700, signal: never });
    expectFailure(late, 'cli.timeout');
    expect(await subject.world.leftovers()).toEqual([]);
  });

  it('ends the CLI when interrupted at any moment, and leaves nothing', async () => {
    const looks = await interruptedAtEachLook(async ({ signal, struck }) => {
      const options = { profile: 'dev', timeoutMs: 3000, signal };
      const ended = await subject.world.hanging().runCli(['auth', 'status'], goodLease(), options);
      // Interrupted at no look, it waits to its end.
      expectFailure(ended, struck() ? 'interrupted' : 'cli.timeout');
      expect(await subject.world.leftovers()).toEqual([]);
    });
    expect(looks).toBeGreaterThan(1);
  });

  it('runs the CLI on a working copy, which is there until it is removed', async () => {
    const given = workingCopy();
    const copy = unwrap(await subject.world.runtime().startRefresh(subject.profile.name, given, never));
    expect(unwrap(await copy.settled(60_000, never))).toBe(true);
    const [found, ...others] = unwrap(await subject.world.runtime().findWorkingCopies(subject.profile.name));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ id: copy.id, base: given.base });
    expect(Math.abs((found?.startedAt ?? 0) - Date.now())).toBeLessThan(60_000);
    // Once more from another process's view: there is nothing left to wait for.
    expect(unwrap((await found?.settled(60_000, never)) ?? { ok: true, value: false })).toBe(true);
    for (const [path, content] of given.files) {
      const read = unwrap((await found?.read(path, 1024 * 1024)) ?? { ok: true, value: null });
      expect(Buffer.from(read ?? []).toString()).toBe(content);
    }
    expect(unwrap(await copy.read('nothing.json', 100))).toBeNull();
    unwrap((await found?.remove()) ?? { ok: true, value: undefined });
    unwrap(await copy.remove());
    expect(unwrap(await subject.world.runtime().findWorkingCopies(subject.profile.name))).toEqual([]);
    expect(await subject.world.leftovers()).toEqual([]);
  });

  it('finds no working copy of another profile or another person', async () => {
    unwrap(await subject.world.runtime().startRefresh(subject.profile.name, workingCopy(), never));
    expect(unwrap(await subject.world.runtime().findWorkingCopies('another'))).toEqual([]);
    expect(unwrap(await subject.world.stranger().findWorkingCopies(subject.profile.name))).toEqual([]);
  });

  it('ends the CLI in a working copy on nothing but its removal', async () => {
    const copy = unwrap(
      await subject.world.hanging().startRefresh(subject.profile.name, workingCopy(), never),
    );
    expect(unwrap(await copy.settled(300, never))).toBe(false);
    const looks = await interruptedAtEachLook(async ({ signal, struck }) => {
      const over = await copy.settled(300, signal);
      if (struck()) expectFailure(over, 'interrupted');
      else expect(unwrap(over)).toBe(false);
    });
    expect(looks).toBeGreaterThan(0);
    const [found] = unwrap(await subject.world.hanging().findWorkingCopies(subject.profile.name));
    expect(unwrap((await found?.settled(300, never)) ?? { ok: true, value: true })).toBe(false);
    unwrap((await found?.remove()) ?? { ok: true, value: undefined });
    expect(unwrap(await subject.world.hanging().findWorkingCopies(subject.profile.name))).toEqual([]);
  });

  it('starts no refresh when it is interrupted', async () => {
    const runtime = subject.world.runtime();
    expectFailure(
      await runtime.startRefresh(subject.profile.name, workingCopy(), AbortSignal.abort()),
      'interrupted',
    );
    expect(await subject.world.leftovers()).toEqual([]);
  });
};
