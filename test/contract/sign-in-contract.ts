import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { expect, it, vi } from 'vitest';
import type { SignInMethod } from '../../src/domain/profile.ts';
import type { SignInRun } from '../../src/ports/runtime.ts';
import { interruptedAtEachLook } from '../support/abort-at-look.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { collect } from '../support/session-output.ts';
import type { Subject } from './runtime-contract.ts';

const size = { columns: 80, rows: 24 };
const never = new AbortController().signal;
const code = 'TESTcode#TESTstate';

const namesIn = async (run: SignInRun): Promise<Record<string, string>> => {
  const files: Record<string, string> = {};
  for await (const entry of unwrap(await run.download(never)).pipe(extract())) {
    files[entry.header.name] = (await buffer(entry)).toString();
  }
  return files;
};

/** What every runtime does with sign-ins. */
export const signInContract = (subject: Subject): void => {
  const start = async (method: SignInMethod = 'auth-login') => {
    const run = unwrap(
      await subject.world.runtime().startSignIn({ profile: subject.profile, method, size }, never),
    );
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

  it('signs in on a terminal, and the files appear as they are written', async () => {
    const { run, session, output } = await start();
    await output.shows('https://claude.com/cai/oauth/authorize?code=true');
    expect(run).toMatchObject({ profile: subject.profile.name, method: 'auth-login' });
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
    const [found, ...others] = unwrap(await subject.world.runtime().findSignIns(subject.profile.name, size));
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      id: run.id,
      profile: subject.profile.name,
      method: 'auth-login',
      session: null,
    });
    if (found === undefined) return;
    expect(await namesIn(found)).toEqual(await namesIn(run));
    unwrap(await found.remove());
    expect(unwrap(await subject.world.runtime().findSignIns(subject.profile.name, size))).toEqual([]);
    unwrap(await run.remove());
  });

  it('is found while it runs; where sessions survive, with its session', async () => {
    const first = await start();
    await first.output.shows('Paste code here');
    const [found] = unwrap(await subject.world.runtime().findSignIns(subject.profile.name, size));
    expect(found?.id).toBe(first.run.id);
    if (!subject.world.sessionsSurvive) return;
    expect(found?.session).not.toBeNull();
    found?.session?.write(`${code}\r`);
    expect(await found?.session?.ended).toEqual({ exitCode: 0 });
    expect(unwrap((await found?.stat('.credentials.json')) ?? { ok: true, value: null })).toMatchObject({
      kind: 'file',
    });
  });

  it('is not found for another profile, nor by another person', async () => {
    await start();
    expect(unwrap(await subject.world.runtime().findSignIns('another', size))).toEqual([]);
    expect(unwrap(await subject.world.stranger().findSignIns(subject.profile.name, size))).toEqual([]);
  });

  it('finds the newest of several first', async () => {
    const first = await signIn();
    // Engines tell the time of a container in whole seconds.
    const next = Math.floor(first.run.startedAt / 1000) + 2;
    await vi.waitFor(() => expect(Date.now() / 1000).toBeGreaterThan(next), 5000);
    const second = await start();
    const found = unwrap(await subject.world.runtime().findSignIns(subject.profile.name, size));
    expect(found.map(({ id }) => id)).toEqual([second.run.id, first.run.id]);
  });

  it('ends a running program when removed, and can be removed twice', async () => {
    const { run, session } = await start('setup-token');
    unwrap(await run.remove());
    await session.ended;
    unwrap(await run.remove());
    expect(await subject.world.leftovers()).toEqual([]);
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
    const [found] = unwrap(await subject.world.runtime().findSignIns(subject.profile.name, size));
    expect(found?.method).toBe(method);
  });

  it('starts nothing when it is interrupted', async () => {
    const looks = await interruptedAtEachLook(async ({ signal }) => {
      const started = await subject.world
        .runtime()
        .startSignIn({ profile: subject.profile, method: 'auth-login', size }, signal);
      if (started.ok) unwrap(await started.value.remove());
      else expectFailure(started, 'interrupted');
      expect(await subject.world.leftovers()).toEqual([]);
    });
    expect(looks).toBeGreaterThan(0);
  });
};
