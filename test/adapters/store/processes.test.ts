import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/adapters/host/clock.ts';
import { createLocks } from '../../../src/adapters/store/locks.ts';
import { createSettings } from '../../../src/adapters/store/settings.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';

const worker = fileURLToPath(new URL('worker.ts', import.meta.url));
const never = new AbortController().signal;

/** A process of ours at work on the same settings home. */
const start = (...args: readonly string[]): ChildProcess => {
  const child = spawn(process.execPath, [worker, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
};

const line = async (child: ChildProcess): Promise<string> => {
  if (child.stdout === null) throw new Error('no output');
  for await (const text of createInterface({ input: child.stdout })) return text;
  throw new Error('the process ended without a word');
};

it('8 processes that change the settings 25 times each lose none of it', async () => {
  const { setupHome } = await temporary();
  const workers = Array.from({ length: 8 }, (_, number) => start('settings', setupHome, `w${number}`, '25'));
  const exits = await Promise.all(workers.map((child) => once(child, 'exit')));
  expect(exits.map(([status]) => status)).toEqual(workers.map(() => 0));
  const { profiles } = unwrap(await createSettings({ home: setupHome, clock: systemClock }).load());
  expect(new Set(profiles.map(({ name }) => name)).size).toBe(200);
}, 120_000);

it('a held lock names its holder, and is free when it is released', async () => {
  const { setupHome } = await temporary();
  const holder = start('lock', setupHome, 'dev');
  expect(await line(holder)).toBe('held');
  const locks = createLocks({ home: setupHome, clock: systemClock });
  const refused = await locks.acquire('dev', { command: 'check', waitMs: 0, signal: never });
  const text = expectFailure(refused, 'locked');
  expect(text).toContain(String(holder.pid));
  expect(text).toContain('held by a test');
  const other = unwrap(await locks.acquire('staging', { command: 'check', waitMs: 0, signal: never }));
  await other.release();
  const waiting = locks.acquire('dev', { command: 'check', waitMs: 20_000, signal: never });
  holder.kill('SIGTERM');
  await unwrap(await waiting).release();
}, 60_000);

it('the lock of a killed process is taken over, by one of many only', async () => {
  const { setupHome } = await temporary();
  const holder = start('lock', setupHome, 'dev');
  await line(holder);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const takers = Array.from({ length: 6 }, () => start('take', setupHome, 'dev'));
  const said = await Promise.all(takers.map(line));
  expect(said.filter((text) => text === 'taken')).toHaveLength(1);
  expect(said.filter((text) => text === 'locked')).toHaveLength(5);
}, 60_000);
