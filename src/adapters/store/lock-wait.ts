import { watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import { type Taken, takeLockFile } from './lock-file.ts';

/** How often a wait looks again by itself: a holder that is killed changes no file. */
const lookAgainMs = 500;

export interface LockWait {
  readonly command: string;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** Takes a lock, waiting for at most `waitMs` while another process holds it. Throws the signal's reason when it aborts. */
export const waitForLockFile = async (
  path: string,
  { command, waitMs, signal }: LockWait,
  clock: Clock,
): Promise<Taken> => {
  signal.throwIfAborted();
  const until = clock.now() + waitMs;
  let taken = await takeLockFile(path, command, clock.now());
  if (taken.taken || waitMs === 0) return taken;
  const changes = watchDirectory(dirname(path));
  try {
    for (;;) {
      // Asked for before the look, so that a change between the look and the wait is not missed.
      const change = changes.next();
      taken = await takeLockFile(path, command, clock.now());
      const left = until - clock.now();
      if (taken.taken || left <= 0) return taken;
      await firstOf(change, Math.min(left, lookAgainMs), clock, signal);
    }
  } finally {
    changes.close();
  }
};

const firstOf = async (change: Promise<void>, milliseconds: number, clock: Clock, signal: AbortSignal) => {
  const done = new AbortController();
  const time = clock.wait(milliseconds, AbortSignal.any([signal, done.signal]));
  // The loser of the race is called off, which is no error.
  time.catch(() => {});
  try {
    await Promise.race([change, time]);
    signal.throwIfAborted();
  } finally {
    done.abort();
  }
};

/** Changes below a directory, as promises of the next one. Where the system can't watch, none ever comes. */
const watchDirectory = (path: string) => {
  let wake = () => {};
  let watcher: ReturnType<typeof watch> | null = null;
  try {
    // Our own tries make and remove files of their own there; only the lock's going away is news.
    watcher = watch(path, { persistent: false }, (_event, name) => {
      if (name === null || name.endsWith('.lock')) wake();
    });
    watcher.on('error', () => {});
  } catch {
    // Too many watchers: looking again from time to time remains.
  }
  return {
    next: () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
    close: () => watcher?.close(),
  };
};
