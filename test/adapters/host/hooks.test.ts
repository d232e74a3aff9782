import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createHooks } from '../../../src/adapters/host/hooks.ts';
import { createHookMemory } from '../../../src/adapters/store/hook-memory.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';

const never = new AbortController().signal;
const patient = { timeoutMs: 10_000, signal: never };
const PATH = process.env.PATH ?? '';

it('hands on the variables and the environment, without any token in it', async () => {
  const { root } = await temporary();
  const hooks = createHooks({
    env: {
      PATH,
      KEPT: 'yes',
      ANTHROPIC_API_KEY: 'sk-ant-api03-TEST',
      ANTHROPIC_AUTH_TOKEN: 'sk-ant-oat01-TEST',
      CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-TEST',
    },
  });
  const file = join(root, 'environment');
  unwrap(await hooks.run(`env > '${file}'`, { CLAUDE_SETUP_PROFILE: 'dev' }, patient));
  const lines = (await readFile(file, 'utf8')).split('\n');
  expect(lines).toEqual(expect.arrayContaining(['CLAUDE_SETUP_PROFILE=dev', 'KEPT=yes']));
  expect(lines.filter((line) => /TOKEN|KEY/.test(line))).toEqual([]);
});

it('says how it failed, with the last line of its errors and nothing secret', async () => {
  const hooks = createHooks({ env: { PATH } });
  const line = expectFailure(
    await hooks.run('echo first >&2; echo "bad sk-ant-oat01-TESTTESTTEST" >&2; exit 3', {}, patient),
    'hook.failed',
  );
  expect(line).toContain('status 3');
  expect(line).toContain('bad sk-ant-oat01-…');
  expect(line).not.toContain('TESTTEST');
  expect(expectFailure(await hooks.run('kill -9 $$', {}, patient), 'hook.failed')).toContain('SIGKILL');
});

it('ends one that takes too long, with all that it started', async () => {
  const { root } = await temporary();
  const hooks = createHooks({ env: { PATH } });
  const file = join(root, 'pid');
  const line = expectFailure(
    await hooks.run(`sleep 600 & echo $! > '${file}'; wait`, {}, { timeoutMs: 500, signal: never }),
    'hook.failed',
  );
  expect(line).toContain('within 0.5 s');
  const pid = Number(await readFile(file, 'utf8'));
  // One that has ended may stay as a zombie where nobody collects it.
  const state = async () => {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') gone');
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[0];
  };
  await expect.poll(state).toMatch(/^(?:gone|Z)$/);
});

it('does not wait for what it leaves in the background, and ends with the watch', async () => {
  const hooks = createHooks({ env: { PATH } });
  const started = performance.now();
  unwrap(await hooks.run('sleep 3 &', {}, patient));
  expect(performance.now() - started).toBeLessThan(2500);
  const stopping = new AbortController();
  const running = hooks.run('sleep 600', {}, { timeoutMs: 10_000, signal: stopping.signal });
  stopping.abort();
  expectFailure(await running, 'interrupted');
});

it('remembers what each command was told of each profile', async () => {
  const { setupHome } = await temporary();
  const memory = createHookMemory({ home: setupHome });
  const told = { state: 'fresh', expiresAt: 1, loginExpiresAt: null } as const;
  expect(await memory.recall('dev', 'a')).toBeNull();
  unwrap(await memory.keep('dev', 'a', told));
  expect(await createHookMemory({ home: setupHome }).recall('dev', 'a')).toEqual(told);
  expect(await memory.recall('dev', 'b')).toBeNull();
  expect(await memory.recall('test', 'a')).toBeNull();
});
