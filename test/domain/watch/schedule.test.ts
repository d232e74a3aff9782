import { expect, it } from 'vitest';
import {
  type Attempts,
  dueAt,
  noAttempts,
  retryDelay,
  sleptFor,
  spread,
  waitSlice,
} from '../../../src/domain/watch/schedule.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 10, 24, 10);

/** The same numbers at every run. */
const numbers = (seed: number) => {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
};

it('is due within ten minutes before the margin, whatever the jitter', () => {
  for (const jitter of [0, 0.3, 0.999]) {
    const due = dueAt({ expiresAt: start + 8 * hour, marginMs: hour, attempts: noAttempts, jitter });
    expect(due).toBeLessThanOrEqual(start + 7 * hour);
    expect(due).toBeGreaterThanOrEqual(start + 7 * hour - 10 * minute);
  }
});

it('spreads a thousand machines evenly, and each always the same way', () => {
  const all = Array.from({ length: 1000 }, (_, machine) => spread(`machine ${machine}`, 'dev', start));
  expect(spread('machine 7', 'dev', start)).toBe(all[7]);
  const tenths = Map.groupBy(all, (value) => Math.floor(value * 10));
  expect(tenths.size).toBe(10);
  for (const members of tenths.values()) expect(members.length).toBeGreaterThan(60);
});

it('waits longer after each failure, up to half an hour', () => {
  expect([1, 2, 3, 4].map((failures) => retryDelay(failures, 1))).toEqual([
    minute,
    2 * minute,
    4 * minute,
    8 * minute,
  ]);
  expect(retryDelay(50, 1)).toBe(30 * minute);
  expect(retryDelay(5000, 0)).toBe(22.5 * minute);
});

it('never asks twice in 45 s, in 200 weeks with answers and outages at random', () => {
  for (let week = 0; week < 200; week += 1) {
    const random = numbers(week);
    const marginMs = Math.floor(random() * 3 * hour) + minute;
    const lifetime = Math.floor(random() * 12 * hour) + 2 * minute;
    let attempts: Attempts = noAttempts;
    let expiresAt = start + lifetime;
    let before = Number.NEGATIVE_INFINITY;
    for (let now = start; now < start + 7 * 24 * hour; ) {
      now = Math.max(now, dueAt({ expiresAt, marginMs, attempts, jitter: random() }));
      expect(now - before).toBeGreaterThanOrEqual(45_000);
      before = now;
      const works = random() > 0.2;
      if (works) expiresAt = now + lifetime;
      attempts = works
        ? { failures: 0, lastAttemptAt: now, refreshedAt: now }
        : { ...attempts, failures: attempts.failures + 1, lastAttemptAt: now };
    }
  }
});

it('refreshes before the end, and no earlier than half way or the margin, when the issuer answers', () => {
  for (let life = 0; life < 200; life += 1) {
    const random = numbers(life);
    const marginMs = Math.floor(random() * 3 * hour) + minute;
    const lifetime = Math.floor(random() * 12 * hour) + 2 * minute;
    const attempts: Attempts = { failures: 0, lastAttemptAt: start, refreshedAt: start };
    const due = dueAt({ expiresAt: start + lifetime, marginMs, attempts, jitter: random() });
    expect(due).toBeLessThan(start + lifetime);
    expect(due - start).toBeGreaterThanOrEqual(Math.max(lifetime / 2, lifetime - marginMs - 10 * minute));
  }
});

it('notices a suspend and a clock that was set back', () => {
  const slice = waitSlice(start, start + hour);
  expect(slice).toBeLessThanOrEqual(30_000);
  expect(sleptFor(start, slice, start + slice + 300)).toBe(0);
  expect(sleptFor(start, slice, start + slice + 2 * hour)).toBe(2 * hour);
  expect(sleptFor(start, slice, start - hour)).toBeLessThan(0);
});
