import { failureLine, ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import type { Recovery } from '../ports/auth-store.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * Does `work` as the only writer of a profile, after finishing or undoing what an earlier process left half done.
 * `locked` when another process holds the profile.
 */
export const withProfileLock = async <T>(
  ports: Ports,
  profile: Profile,
  command: string,
  signal: AbortSignal,
  work: (recovered: Recovery | null) => Promise<Result<T>>,
  /** How long to wait for the process that holds it. */
  waitMs = 0,
): Promise<Result<T>> => {
  const lock = await ports.locks.acquire(profile.name, { command, waitMs, signal });
  if (!lock.ok) return lock;
  try {
    const recovered = await ports.store.recover(profile.authDir);
    return recovered.ok ? await work(recovered.value) : recovered;
  } finally {
    await lock.value.release();
  }
};

/**
 * Recovers a profile's auth directory before it is read. Null when there was nothing to do, also when another process
 * is at work on it right now.
 */
export const recoverProfile = async (
  ports: Ports,
  profile: Profile,
  signal: AbortSignal,
): Promise<string | null> => {
  const outcome = await withProfileLock(ports, profile, 'recover', signal, async (recovered) =>
    ok(recovered),
  );
  if (outcome.ok) return outcome.value?.summary ?? null;
  return outcome.failure.code === 'locked' ? null : failureLine(outcome.failure);
};
