import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { createPorts } from '../../src/compose.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { createWatch } from '../../src/usecases/watch.ts';
import { runCli } from '../cli/run-cli.ts';
import { loginText, stateText } from '../support/logins.ts';
import { installRenewingCli } from '../support/renewing-cli.ts';
import { reportTrials, soak } from '../support/soak.ts';
import { temporary } from '../support/temporary.ts';

const hour = 3600_000;
const start = Date.UTC(2026, 10, 24, 10);
const hours = soak ? 72 : 8;
const profiles = ['dev', 'staging', 'spare'];

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Nobody sleeps longer than this between two looks; whoever waits for longer waits for a program that really runs. */
const longestRestMs = 60_000;

/** A clock that goes on as soon as there is nothing to do but to wait for it. */
const createFastClock = () => {
  let now = start;
  let changed = Promise.withResolvers<void>();
  const waiting = new Set<{ readonly milliseconds: number; readonly wake: () => void }>();
  const clock: Clock = {
    now: () => now,
    wait: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const leave = () => {
          waiting.delete(entry);
          signal?.removeEventListener('abort', abort);
          changed.resolve();
        };
        const abort = () => {
          leave();
          reject(signal?.reason);
        };
        const wake = () => {
          leave();
          now += milliseconds;
          resolve();
        };
        const entry = { milliseconds, wake };
        if (signal?.aborted) return reject(signal.reason);
        waiting.add(entry);
        signal?.addEventListener('abort', abort);
        changed.resolve();
      }),
  };
  const goTo = async (until: number) => {
    while (now < until) {
      const [only, another] = waiting;
      changed = Promise.withResolvers();
      if (only !== undefined && another === undefined && only.milliseconds <= longestRestMs) only.wake();
      await changed.promise;
    }
  };
  return { clock, goTo };
};

interface Use {
  readonly descriptors: number;
  readonly timers: number;
  readonly listeners: number;
  /** Bytes. */
  readonly heap: number;
}

const holdings = (): Use => {
  collectGarbage();
  collectGarbage();
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    timers: process
      .getActiveResourcesInfo()
      .filter((name) => /Timeout|Immediate|FSEvent|StatWatcher/.test(name)).length,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    heap: process.memoryUsage().heapUsed,
  };
};

it(`${hours} hours of a watch over ${profiles.length} profiles hold no more at their end than after the first`, {
  timeout: 1_200_000,
}, async () => {
  const { root, env, home } = await temporary();
  const log = join(root, 'renewals');
  const memory = join(root, 'memory');
  await mkdir(memory, { mode: 0o700 });
  await installRenewingCli(join(root, 'bin'), log);
  const { clock, goTo } = createFastClock();
  const ports = createPorts({
    env: { ...env, PATH: `${join(root, 'bin')}:${env.PATH}`, XDG_RUNTIME_DIR: memory },
    platform: 'linux',
    clock,
  });
  for (const [index, name] of profiles.entries()) {
    const authDir = join(home, name);
    await mkdir(authDir, { mode: 0o700 });
    const login = loginText(name, start + (2 + index) * hour);
    await writeFile(join(authDir, '.credentials.json'), login, { mode: 0o600 });
    await writeFile(join(authDir, '.claude.json'), stateText(name), { mode: 0o600 });
    const added = await runCli(ports, ['profile', 'add', name, '--dir', authDir, '--runtime', 'sandbox']);
    expect(added.status, added.stderr).toBe(0);
  }
  const events = new Map<string, number>();
  const metricsFile = join(root, 'metrics.prom');
  const stopping = new AbortController();
  let looks = 0;
  const watch = createWatch(ports, {
    names: [],
    marginMs: hour,
    intervalMs: 300_000,
    seed: null,
    onChange: null,
    metricsFile,
    onEvent: ({ event }) => events.set(event, (events.get(event) ?? 0) + 1),
    onPicture: () => {
      looks += 1;
    },
  });
  const running = watch.run(stopping.signal);
  // The first renewal of each has loaded everything that is loaded at the first use.
  await goTo(start + 4 * hour);
  const before = holdings();
  let most = before;
  for (let passed = 5; passed <= 4 + hours; passed += 1) {
    await goTo(start + passed * hour);
    const use = holdings();
    most = {
      descriptors: Math.max(most.descriptors, use.descriptors),
      timers: Math.max(most.timers, use.timers),
      listeners: Math.max(most.listeners, use.listeners),
      heap: Math.max(most.heap, use.heap),
    };
  }
  const after = holdings();
  stopping.abort();
  await running;
  const renewals = readFileSync(log, 'utf8').split('\n').length - 1;
  reportTrials(
    `watch: ${hours} h, ${looks} looks, ${renewals} refreshes; descriptors ${before.descriptors} → ${after.descriptors} (most ${most.descriptors}), timers ${before.timers} → ${after.timers}, listeners ${before.listeners} → ${after.listeners}, heap ${(before.heap / 2 ** 20).toFixed(1)} → ${(after.heap / 2 ** 20).toFixed(1)} MiB`,
  );
  expect(looks).toBeGreaterThan(hours * 12);
  expect(renewals).toBeGreaterThanOrEqual(profiles.length * Math.floor(1 + (hours - 4) / 8));
  expect(events.get('refreshed')).toBe(renewals);
  expect(events.has('refresh-failed')).toBe(false);
  expect(await readFile(metricsFile, 'utf8')).toContain('claude_setup');
  // One more for a file that is open at that moment.
  expect(most.descriptors).toBeLessThanOrEqual(before.descriptors + 2);
  expect(after.timers).toBeLessThanOrEqual(before.timers + 1);
  expect(after.listeners).toBe(before.listeners);
  expect(after.heap - before.heap).toBeLessThan(2 * 2 ** 20);
});
