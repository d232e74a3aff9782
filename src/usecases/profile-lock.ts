import { fail, failureLine, ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import type { Recovery } from '../ports/auth-store.ts';
import type { Lock } from '../ports/locks.ts';
import type { Ports } from '../ports/ports.ts';

export interface LockInput {
  /** What the holder is called in the message to others. */
  readonly command: string;
  /** How long to wait for the process that holds it. */
  readonly waitMs?: number;
  readonly signal: AbortSignal;
}

/**
 * Does `work` while nobody else has the profiles of these names, which need not be there. Taken in the order of the
 * alphabet, so that two that wait for each other's can't wait for ever.
 */
export const withNameLocks = async <T>(
  ports: Pick<Ports, 'locks'>,
  names: readonly string[],
  { command, waitMs = 0, signal }: LockInput,
  work: () => Promise<Result<T>>,
): Promise<Result<T>> => {
  const held: Lock[] = [];
  try {
    for (const name of [...new Set(names)].sort()) {
      const lock = await ports.locks.acquire(name, { command, waitMs, signal });
      if (!lock.ok) return lock;
      held.push(lock.value);
    }
    return await work();
  } finally {
    for (const lock of held.reverse()) await lock.release();
  }
};

/**
 * Does `work` as the only writer of a profile, after finishing or undoing what an earlier process left half done.
 * `locked` when another process holds the profile; `profile.unknown` when it was renamed or removed before we had it.
 */
export const withProfileLock = <T>(
  ports: Ports,
  profile: Profile,
  command: string,
  signal: AbortSignal,
  work: (recovered: Recovery | null) => Promise<Result<T>>,
  waitMs = 0,
): Promise<Result<T>> =>
  withNameLocks(ports, [profile.name], { command, waitMs, signal }, () => asOnlyWriter(ports, profile, work));

/** The same for who has the lock already. */
export const asOnlyWriter = async <T>(
  ports: Ports,
  profile: Profile,
  work: (recovered: Recovery | null) => Promise<Result<T>>,
): Promise<Result<T>> => {
  const there = await stillThere(ports, profile);
  if (!there.ok) return there;
  const recovered = await ports.store.recover(profile.authDir);
  return recovered.ok ? work(recovered.value) : recovered;
};

/** Whoever waited may hold the lock of a name that means nothing any more, while another one works under the new name. */
const stillThere = async ({ settings }: Ports, { name, authDir }: Profile): Promise<Result<void>> => {
  const config = await settings.load();
  if (!config.ok) return config;
  if (config.value.profiles.some((profile) => profile.name === name && profile.authDir === authDir))
    return ok(undefined);
  return fail(
    'profile.unknown',
    `There is no profile ${name} with ${authDir} any more`,
    'another process has renamed, removed or moved it',
    'see what there is: claude-setup profile list',
  );
};

/**
 * Recovers a profile's auth directory before it is read. Null when there was nothing to do, also when another process
 * is at work on it right now. Only what was left half done takes the lock.
 */
export const recoverProfile = async (
  ports: Ports,
  profile: Profile,
  signal: AbortSignal,
): Promise<string | null> => {
  if ((await ports.store.pending(profile.authDir)) === null) return null;
  const outcome = await withProfileLock(ports, profile, 'recover', signal, async (recovered) =>
    ok(recovered),
  );
  if (outcome.ok) return outcome.value?.summary ?? null;
  return outcome.failure.code === 'locked' ? null : failureLine(outcome.failure);
};
