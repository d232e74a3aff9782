import { posix } from 'node:path';
import { interrupted, ok, type Result } from '../../domain/failure.ts';
import { leaseConfigDir } from '../../domain/job.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Engine } from '../../ports/engine.ts';
import type { WorkingCopy } from '../../ports/runtime.ts';
import { removeSurely } from './our-containers.ts';
import { modifiedAtOfKept, readKept } from './read-kept.ts';

const lookAgainMs = 250;
/** The lock that a CLI holds from before it asks the issuer until the new tokens are written. */
const cliLock = posix.join(leaseConfigDir, '.oauth_refresh.lock');
/** The CLI takes over one that is older than this: nobody keeps it (seen in 2.1.330). */
const staleLockMs = 60_000;

/** A whole login in the container of a person's own command, on the engine's disk. */
export const createFullCopy = (
  { engine, clock }: { readonly engine: Engine; readonly clock: Clock },
  facts: Pick<WorkingCopy, 'id' | 'base' | 'startedAt'>,
): WorkingCopy => ({
  ...facts,
  holder: 'job',
  async settled(timeoutMs, signal) {
    const until = clock.now() + timeoutMs;
    for (;;) {
      const ended = await endUnlessRefreshing(engine, facts.id);
      if (!ended.ok || ended.value) return ended;
      if (clock.now() >= until) return ok(false);
      try {
        await clock.wait(lookAgainMs, signal);
      } catch {
        return interrupted('The login was not taken back');
      }
    }
  },
  read: (path, limit) => readKept(engine, facts.id, posix.join(leaseConfigDir, path), limit),
  remove: () => removeSurely(engine, facts.id),
});

/** Stands still while the lock is looked at, so that no CLI can begin to refresh between the look and the end. */
const endUnlessRefreshing = async (engine: Engine, id: string): Promise<Result<boolean>> => {
  // It does not run, or the engine can't freeze; then the look alone has to do.
  await engine.freeze(id, true);
  const [lock, now] = [await modifiedAtOfKept(engine, id, cliLock), await engine.now()];
  const isHeld = lock.ok && lock.value !== null && (!now.ok || now.value - lock.value < staleLockMs);
  if (lock.ok && !isHeld) {
    const killed = await engine.kill(id);
    return killed.ok ? ok(true) : killed;
  }
  await engine.freeze(id, false);
  return lock.ok ? ok(false) : lock;
};
