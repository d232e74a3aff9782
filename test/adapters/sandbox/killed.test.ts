import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { extract } from 'tar-stream';
import { expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/adapters/host/clock.ts';
import { createSandboxRuntime } from '../../../src/adapters/sandbox/runtime.ts';
import { toLease } from '../../../src/domain/lease.ts';
import { unwrap } from '../../support/results.ts';
import { installStandIn } from '../../support/stand-in-cli/install.ts';
import { temporary } from '../../support/temporary.ts';

const doomed = fileURLToPath(new URL('doomed.ts', import.meta.url));
const never = new AbortController().signal;
const size = { columns: 80, rows: 24 };

/** A home in which a process of ours can be started and killed, and a runtime as the next process would make it. */
const home = async (switches: Parameters<typeof installStandIn>[1] = {}) => {
  const { root, setupHome } = await temporary();
  const [bin, memory] = [join(root, 'bin'), join(root, 'memory')];
  await installStandIn(bin, switches);
  await mkdir(memory, { mode: 0o700 });
  const start = async (what: 'sign-in' | 'run') => {
    const child = spawn(process.execPath, [doomed, what, setupHome, bin, memory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(createInterface({ input: child.stdout }), 'line');
    return child;
  };
  const runtime = (binary = bin) =>
    createSandboxRuntime({
      home: setupHome,
      env: { PATH: `${binary}:${process.env.PATH}`, XDG_RUNTIME_DIR: memory },
      platform: 'linux',
      uid: process.getuid?.() ?? null,
      clock: systemClock,
    });
  return { root, memory, setupHome, start, runtime };
};

const workingIn = async (folder: string): Promise<readonly number[]> => {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const cwds = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_, index) => cwds[index] === folder);
};

it.each([
  ['has ended', ''],
  ['still runs', 'stay'],
])('a finished sign-in whose CLI %s outlives a kill -9 of us, whole', async (_, mode) => {
  const { setupHome, start, runtime } = await home({ STAND_IN_MODE: mode });
  const child = await start('sign-in');
  child.kill('SIGKILL');
  await once(child, 'exit');

  const found = await vi.waitFor(async () => {
    const runs = unwrap(await runtime().findSignIns('dev', size));
    const [run] = runs;
    if (run === undefined) throw new Error('the run was not found');
    expect(runs).toHaveLength(1);
    return run;
  });
  expect(found).toMatchObject({ profile: 'dev', method: 'auth-login', session: null });
  const files: Record<string, string> = {};
  for await (const entry of unwrap(await found.download(never)).pipe(extract()))
    files[entry.header.name] = (await buffer(entry)).toString();
  expect(JSON.parse(files['./.credentials.json'] ?? '')).toMatchObject({
    claudeAiOauth: { refreshToken: expect.stringMatching(/^sk-ant-ort01-TEST[0-9a-f]{64}$/) },
  });
  expect(JSON.parse(files['./.claude.json'] ?? '')).toMatchObject({
    oauthAccount: { emailAddress: 'tester@example.com' },
  });
  unwrap(await found.remove());
  expect(await readdir(join(setupHome, 'sign-ins'))).toEqual([]);
});

it('a lease that a killed run left goes with the next run', async () => {
  const { root, memory, start, runtime } = await home({ STAND_IN_MODE: 'hang' });
  const child = await start('run');
  await vi.waitFor(async () => expect(await readdir(memory)).toHaveLength(1));
  const [left = ''] = await readdir(memory);
  await vi.waitFor(async () =>
    expect(await readdir(join(memory, left, 'config'))).toContain('.credentials.json'),
  );
  child.kill('SIGKILL');
  await once(child, 'exit');
  // A CLI that hangs outlives us, and would this test.
  for (const pid of await workingIn(join(memory, left, 'home'))) process.kill(pid, 'SIGKILL');
  expect(await readdir(memory)).toEqual([left]);

  await installStandIn(join(root, 'working'));
  const login = { claudeAiOauth: { accessToken: 'sk-ant-oat01-TEST', expiresAt: Date.now(), scopes: [] } };
  const options = { profile: 'dev', timeoutMs: 20_000, signal: never };
  unwrap(await runtime(join(root, 'working')).runCli(['auth', 'status'], toLease(login, null), options));
  expect(await readdir(memory)).toEqual([]);
});
