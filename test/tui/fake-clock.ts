import type { Clock } from '../../src/ports/clock.ts';

/** A clock that goes when the test says so. */
export interface FakeClock {
  readonly port: Clock;
  /** Goes on by so many milliseconds: whoever waits for less is woken. */
  advance(milliseconds: number): void;
}

export const createFakeClock = (start: number): FakeClock => {
  let now = start;
  const waiting = new Set<{ readonly until: number; readonly wake: () => void }>();
  return {
    port: {
      now: () => now,
      wait: (milliseconds, signal) =>
        new Promise((resolve, reject) => {
          const entry = {
            until: now + milliseconds,
            wake: () => {
              waiting.delete(entry);
              resolve();
            },
          };
          const abort = () => {
            waiting.delete(entry);
            reject(signal?.reason);
          };
          if (signal?.aborted) return abort();
          waiting.add(entry);
          signal?.addEventListener('abort', abort);
        }),
    },
    advance(milliseconds) {
      now += milliseconds;
      for (const entry of [...waiting]) if (entry.until <= now) entry.wake();
    },
  };
};
