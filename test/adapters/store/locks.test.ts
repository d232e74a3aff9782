import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/host/clock.ts';
import { createLocks } from '../../../src/adapters/store/locks.ts';
import { ownIdentity } from '../../../src/adapters/store/process-identity.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { soak, soakLimitMs } from '../../support/soak.ts';
import { temporary } from '../../support/temporary.ts';

const signal = new AbortController().signal;
const now = { command: 'capture', waitMs: 0, signal };

const made = async (clock: Clock = systemClock) => {
  const { setupHome: home } = await temporary();
  const folder = join(home, 'locks');
  return { folder, file: join(folder, 'dev.lock'), locks: createLocks({ home, clock }) };
};

/** Writes a lock as another process would have left it. */
const leave = async (file: string, holder: object) => {
  await mkdir(join(file, '..'), { recursive: true });
  const whole = {
    token: 'another',
    command: 'watch',
    takenAt: Date.now() - 125_000,
    ...(await ownIdentity()),
    ...holder,
  };
  await writeFile(file, JSON.stringify(whole));
};

it('is held once, by this process too, and leaves nothing behind', async () => {
  const { locks, folder } = await made();
  const lock = unwrap(await locks.acquire('dev', now));
  expectFailure(await locks.acquire('dev', now), 'locked');
  expect(await readdir(folder)).toEqual(['dev.lock']);
  await lock.release();
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
  await unwrap(await locks.acquire('dev', now)).release();
});

it('names pid, command and age', async () => {
  const { locks, file } = await made();
  await leave(file, {});
  const line = expectFailure(await locks.acquire('dev', now), 'locked');
  expect(line).toContain(`process ${process.pid} (watch) has held it for 2 min`);
});

it('is taken over from a process that has ended, and from an older one that had the same pid', async () => {
  const { locks, file, folder } = await made();
  await leave(file, { pid: 2 ** 22 + 1 });
  await unwrap(await locks.acquire('dev', now)).release();
  await leave(file, { started: 'long ago' });
  await unwrap(await locks.acquire('dev', now)).release();
  expect(await readdir(folder)).toEqual([]);
});

it('is taken over also when earlier takers died on the way', async () => {
  const { locks, file, folder } = await made();
  for (const path of [file, `${file}.takeover`, `${file}.takeover.takeover`])
    await leave(path, { started: 'long ago' });
  const lock = unwrap(await locks.acquire('dev', now));
  expect(await readdir(folder)).toEqual(['dev.lock']);
  await lock.release();
});

it('goes to exactly one of many that find it stale at once', { timeout: soakLimitMs }, async () => {
  const { locks, file, folder } = await made();
  for (let round = 0; round < (soak ? 5000 : 50); round += 1) {
    await leave(file, { started: 'long ago' });
    const tries = await Promise.all(Array.from({ length: 8 }, () => locks.acquire('dev', now)));
    const won = tries.filter(({ ok }) => ok);
    expect(won).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['dev.lock']);
    for (const lock of won) await unwrap(lock).release();
  }
});

it('clears away what a taker that was killed had prepared', async () => {
  const { locks, file, folder } = await made();
  const draft = `${file}.${crypto.randomUUID()}`;
  await leave(draft, { started: 'long ago' });
  await leave(`${file}.takeover.${crypto.randomUUID()}`, { started: 'long ago' });
  await leave(join(folder, 'dev.lock.d.lock'), { started: 'long ago' });
  const lock = unwrap(await locks.acquire('dev', now));
  expect((await readdir(folder)).sort()).toEqual(['dev.lock', 'dev.lock.d.lock']);
  await lock.release();
});

it('is not taken from another machine, nor when nobody knows whose it is', async () => {
  const { locks, file } = await made();
  await leave(file, { place: 'elsewhere', pid: 2 ** 22 + 1 });
  expect(expectFailure(await locks.acquire('dev', now), 'locked')).toContain('elsewhere');
  await writeFile(file, 'not of ours');
  expect(expectFailure(await locks.acquire('dev', now), 'locked')).toContain(file);
});

it('is not removed by one who lost it to somebody else', async () => {
  const { locks, file } = await made();
  const lock = unwrap(await locks.acquire('dev', now));
  await rm(file);
  await leave(file, {});
  await lock.release();
  expect(await readFile(file, 'utf8')).toContain('another');
});

it('is waited for, and had as soon as it is free', async () => {
  // A clock that never rings: only the news of the file's going away can end the wait.
  const { locks } = await made({ now: () => Date.now(), wait: () => new Promise(() => {}) });
  const first = unwrap(await locks.acquire('dev', now));
  const second = locks.acquire('dev', { ...now, waitMs: 60_000 });
  const third = locks.acquire('dev', { ...now, waitMs: 60_000 });
  await first.release();
  const winner = await Promise.race([second, third]);
  await unwrap(winner).release();
  await unwrap(await Promise.all([second, third]).then(([a, b]) => (winner === a ? b : a))).release();
});

it('is waited for only so long', async () => {
  let time = 0;
  const { locks, file } = await made({
    now: () => time,
    wait: async (milliseconds) => {
      time += milliseconds;
    },
  });
  await leave(file, { takenAt: 0 });
  const line = expectFailure(await locks.acquire('dev', { ...now, waitMs: 30_000 }), 'locked');
  expect(time).toBe(30_000);
  expect(line).toContain('for 30 s');
});

it('stops waiting when it is told to', async () => {
  const { locks } = await made();
  const lock = unwrap(await locks.acquire('dev', now));
  const abort = new AbortController();
  const waiting = locks.acquire('dev', { ...now, waitMs: 60_000, signal: abort.signal });
  abort.abort();
  expectFailure(await waiting, 'interrupted');
  expectFailure(await locks.acquire('dev', { ...now, signal: abort.signal }), 'interrupted');
  await lock.release();
});

it('says so when it can not be written', async () => {
  const { root } = await temporary();
  await writeFile(join(root, 'file'), '');
  const locks = createLocks({ home: join(root, 'file'), clock: systemClock });
  expectFailure(await locks.acquire('dev', now), 'settings.unwritable');
});
