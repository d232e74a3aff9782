import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StoredLogin } from '../../src/domain/credentials.ts';
import { type LeaseFiles, toLease } from '../../src/domain/lease.ts';
import type { Profile, RuntimeKind, SignInMethod } from '../../src/domain/profile.ts';
import { toWorkingCopy } from '../../src/domain/working-copy.ts';
import type { Runtime, SignInRun } from '../../src/ports/runtime.ts';
import { interruptedAtEachLook } from '../support/abort-at-look.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { collect } from '../support/session-output.ts';

/** A runtime whose `claude` is the stand-in CLI (support/stand-in-cli). */
export interface RuntimeWorld {
  /** The runtime as a fresh process of the same person would make it. */
  runtime(): Runtime;
  /** The same place with another settings home. */
  stranger(): Runtime;
  /** The same settings home with a `claude` that shows nothing and never ends (`STAND_IN_MODE=hang`). */
  hanging(): Runtime;
  /** Whether a session goes on without the process that started it, so that another can attach to it. */
  readonly sessionsSurvive: boolean;
  /** Names of everything that the runtimes of this world have made and not removed. */
  leftovers(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const size = { columns: 80, rows: 24 };
const never = new AbortController().signal;
const code = 'TESTcode#TESTstate';

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

const namesIn = async (run: SignInRun): Promise<Record<string, string>> => {
  const files: Record<string, string> = {};
  for await (const entry of unwrap(await run.download(never)).pipe(extract())) {
    files[entry.header.name] = (await buffer(entry)).toString();
  }
  return files;
};

/** What every Runtime does; `kind` is what it calls itself. */
export const runtimeContract = (kind: RuntimeKind, makeWorld: () => Promise<RuntimeWorld>): void => {
  describe(`runtime contract: ${kind}`, () => {
    let world: RuntimeWorld;
    let profile: Profile;
    let count = 0;
    beforeAll(async () => {
      world = await makeWorld();
    });
    afterAll(() => world?.close());
    beforeEach(() => {
      count += 1;
      profile = { name: `contract-${count}`, authDir: '/nowhere', runtime: kind, leaveOut: null };
    });
    // Whatever a test did, its end has to leave the place clean; that is a check of `remove` in every one of them.
    afterEach(async () => {
      const runtime = world.runtime();
      for (const run of unwrap(await runtime.findSignIns(profile.name, size))) unwrap(await run.remove());
      for (const copy of unwrap(await runtime.findWorkingCopies(profile.name))) unwrap(await copy.remove());
      await vi.waitFor(async () => expect(await world.leftovers()).toEqual([]), { timeout: 10_000 });
    });

    const start = async (method: SignInMethod = 'auth-login') => {
      const run = unwrap(await world.runtime().startSignIn({ profile, method, size }, never));
      if (run.session === null) throw new Error('a sign-in that has just begun has a session');
      return { run, session: run.session, output: collect(run.session) };
    };
    const signIn = async () => {
      const begun = await start();
      await begun.output.shows('Paste code here');
      begun.session.write(`${code}\r`);
      await begun.output.shows('Login successful.');
      expect(await begun.session.ended).toEqual({ exitCode: 0 });
      return begun;
    };

    it('gets ready and says in a line what it runs', async () => {
      const runtime = world.runtime();
      expect(runtime.kind).toBe(kind);
      expect(unwrap(await runtime.prepare(() => {}, never)).description).toMatch(/^[^\p{C}]+$/u);
    });

    it('signs in on a terminal, and the files appear as they are written', async () => {
      const { run, session, output } = await start();
      await output.shows('https://claude.com/cai/oauth/authorize?code=true');
      expect(run).toMatchObject({ profile: profile.name, method: 'auth-login' });
      expect(Math.abs(run.startedAt - Date.now())).toBeLessThan(60_000);
      expect(unwrap(await run.stat('.'))).toMatchObject({ kind: 'directory' });
      expect(unwrap(await run.stat('.credentials.json'))).toBeNull();
      expect(unwrap(await run.read('.credentials.json', 100))).toBeNull();
      session.write(`${code}\r`);
      expect(await session.ended).toEqual({ exitCode: 0 });
      const seen = unwrap(await run.stat('.credentials.json'));
      expect(seen).toMatchObject({ kind: 'file', mode: 0o600 });
      expect(Math.abs((seen?.modifiedAt ?? 0) - Date.now())).toBeLessThan(60_000);
      const content = unwrap(await run.read('.credentials.json', 1024 * 1024));
      expect(content?.length).toBe(seen?.size);
      expect(JSON.parse(Buffer.from(content ?? []).toString()).claudeAiOauth.accessToken).toMatch(
        /^sk-ant-oat01-TEST/,
      );
      expect(unwrap(await run.read('.credentials.json', 10))?.length).toBe(10);
    });

    it('gives the whole config directory, named from its root', async () => {
      const { run } = await signIn();
      const files = await namesIn(run);
      expect(Object.keys(files).every((name) => name === './' || name.startsWith('./'))).toBe(true);
      expect(files['./.claude.json']).toContain('tester@example.com');
      expect(files['./.credentials.json']).toContain('sk-ant-ort01-TEST');
      expect(Object.keys(files).some((name) => name.startsWith('./backups/.claude.json.backup.'))).toBe(true);
    });

    it('is found again after its program has ended, with its files', async () => {
      const { run } = await signIn();
      const [found, ...others] = unwrap(await world.runtime().findSignIns(profile.name, size));
      expect(others).toEqual([]);
      expect(found).toMatchObject({ id: run.id, profile: profile.name, method: 'auth-login', session: null });
      if (found === undefined) return;
      expect(await namesIn(found)).toEqual(await namesIn(run));
      unwrap(await found.remove());
      expect(unwrap(await world.runtime().findSignIns(profile.name, size))).toEqual([]);
      unwrap(await run.remove());
    });

    it('is found while it runs; where sessions survive, with its session', async () => {
      const first = await start();
      await first.output.shows('Paste code here');
      const [found] = unwrap(await world.runtime().findSignIns(profile.name, size));
      expect(found?.id).toBe(first.run.id);
      if (!world.sessionsSurvive) return;
      expect(found?.session).not.toBeNull();
      found?.session?.write(`${code}\r`);
      expect(await found?.session?.ended).toEqual({ exitCode: 0 });
      expect(unwrap((await found?.stat('.credentials.json')) ?? { ok: true, value: null })).toMatchObject({
        kind: 'file',
      });
    });

    it('is not found for another profile, nor by another person', async () => {
      await start();
      expect(unwrap(await world.runtime().findSignIns('another', size))).toEqual([]);
      expect(unwrap(await world.stranger().findSignIns(profile.name, size))).toEqual([]);
    });

    it('finds the newest of several first', async () => {
      const first = await signIn();
      // Engines tell the time of a container in whole seconds.
      const next = Math.floor(first.run.startedAt / 1000) + 2;
      await vi.waitFor(() => expect(Date.now() / 1000).toBeGreaterThan(next), 5000);
      const second = await start();
      const found = unwrap(await world.runtime().findSignIns(profile.name, size));
      expect(found.map(({ id }) => id)).toEqual([second.run.id, first.run.id]);
    });

    it('ends a running program when removed, and can be removed twice', async () => {
      const { run, session } = await start('setup-token');
      unwrap(await run.remove());
      await session.ended;
      unwrap(await run.remove());
      expect(await world.leftovers()).toEqual([]);
    });

    it('tells the exit status of a program that a signal ended', async () => {
      const { session, output } = await start();
      await output.shows('Paste code here');
      await session.kill('SIGTERM');
      expect(await session.ended).toEqual({ exitCode: 143 });
    });

    it('opens a shell, which knows the terminal, its size and where the CLI keeps things', async () => {
      const { run, session, output } = await start('shell');
      session.write('stty size; echo "$TERM:$COLORTERM"; echo hi > "$CLAUDE_CONFIG_DIR/note"; echo do""ne\r');
      await output.shows('done');
      expect(output.text()).toContain('24 80');
      expect(output.text()).toContain('xterm-256color:truecolor');
      expect(Buffer.from(unwrap(await run.read('note', 10)) ?? []).toString()).toBe('hi\n');
      session.resize({ columns: 132, rows: 43 });
      await vi.waitFor(async () => {
        session.write('stty size\r');
        await output.shows('43 132', 300);
      }, 10_000);
      session.write('exit 7\r');
      expect(await session.ended).toEqual({ exitCode: 7 });
    });

    it.each([
      ['full-screen', 'Choose the text style'],
      ['setup-token', 'https://claude.com/cai/oauth/authorize'],
    ] as const)('signs in by %s', async (method, sign) => {
      const { run, output } = await start(method);
      await output.shows(sign);
      expect(run.method).toBe(method);
      const [found] = unwrap(await world.runtime().findSignIns(profile.name, size));
      expect(found?.method).toBe(method);
    });

    it('starts nothing when it is interrupted', async () => {
      const looks = await interruptedAtEachLook(async ({ signal }) => {
        const started = await world.runtime().startSignIn({ profile, method: 'auth-login', size }, signal);
        if (started.ok) unwrap(await started.value.remove());
        else expectFailure(started, 'interrupted');
        expect(await world.leftovers()).toEqual([]);
      });
      expect(looks).toBeGreaterThan(0);
    });

    it('runs the CLI on a lease, and leaves nothing', async () => {
      const { exitCode, stdout } = unwrap(
        await world
          .runtime()
          .runCli(['auth', 'status'], goodLease(), { profile: 'dev', timeoutMs: 60_000, signal: never }),
      );
      expect(JSON.parse(stdout)).toMatchObject({
        loggedIn: true,
        authMethod: 'claude.ai',
        email: 'tester@example.com',
      });
      expect(exitCode).toBe(0);
      expect(await world.leftovers()).toEqual([]);
    });

    it('tells what the CLI said when it is not content', async () => {
      const options = { profile: 'dev', timeoutMs: 60_000, signal: never };
      const refused = unwrap(await world.runtime().runCli(['auth', 'status'], uselessLease(), options));
      expect(refused.exitCode).toBe(1);
      expect(JSON.parse(refused.stdout)).toMatchObject({ loggedIn: false });
      const unknown = unwrap(await world.runtime().runCli(['no-such-command'], goodLease(), options));
      expect(unknown).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: "error: unknown command 'no-such-command'\n",
      });
    });

    it('gives up on a CLI that does not answer, and leaves nothing', async () => {
      const late = await world
        .hanging()
        .runCli(['auth', 'status'], goodLease(), { profile: 'dev', timeoutMs: 700, signal: never });
      expectFailure(late, 'cli.timeout');
      expect(await world.leftovers()).toEqual([]);
    });

    it('ends the CLI when interrupted at any moment, and leaves nothing', async () => {
      const looks = await interruptedAtEachLook(async ({ signal, struck }) => {
        const options = { profile: 'dev', timeoutMs: 3000, signal };
        const ended = await world.hanging().runCli(['auth', 'status'], goodLease(), options);
        // Interrupted at no look, it waits to its end.
        expectFailure(ended, struck() ? 'interrupted' : 'cli.timeout');
        expect(await world.leftovers()).toEqual([]);
      });
      expect(looks).toBeGreaterThan(1);
    });

    it('runs the CLI on a working copy, which is there until it is removed', async () => {
      const given = workingCopy();
      const copy = unwrap(await world.runtime().startRefresh(profile.name, given, never));
      expect(unwrap(await copy.settled(60_000, never))).toBe(true);
      const [found, ...others] = unwrap(await world.runtime().findWorkingCopies(profile.name));
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
      expect(unwrap(await world.runtime().findWorkingCopies(profile.name))).toEqual([]);
      expect(await world.leftovers()).toEqual([]);
    });

    it('finds no working copy of another profile or another person', async () => {
      unwrap(await world.runtime().startRefresh(profile.name, workingCopy(), never));
      expect(unwrap(await world.runtime().findWorkingCopies('another'))).toEqual([]);
      expect(unwrap(await world.stranger().findWorkingCopies(profile.name))).toEqual([]);
    });

    it('ends the CLI in a working copy on nothing but its removal', async () => {
      const copy = unwrap(await world.hanging().startRefresh(profile.name, workingCopy(), never));
      expect(unwrap(await copy.settled(300, never))).toBe(false);
      const looks = await interruptedAtEachLook(async ({ signal, struck }) => {
        const over = await copy.settled(300, signal);
        if (struck()) expectFailure(over, 'interrupted');
        else expect(unwrap(over)).toBe(false);
      });
      expect(looks).toBeGreaterThan(0);
      const [found] = unwrap(await world.hanging().findWorkingCopies(profile.name));
      expect(unwrap((await found?.settled(300, never)) ?? { ok: true, value: true })).toBe(false);
      unwrap((await found?.remove()) ?? { ok: true, value: undefined });
      expect(unwrap(await world.hanging().findWorkingCopies(profile.name))).toEqual([]);
    });

    it('starts no refresh when it is interrupted', async () => {
      const runtime = world.runtime();
      expectFailure(
        await runtime.startRefresh(profile.name, workingCopy(), AbortSignal.abort()),
        'interrupted',
      );
      expect(await world.leftovers()).toEqual([]);
    });
  });
};
