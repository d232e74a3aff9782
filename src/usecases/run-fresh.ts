import { failureLine } from '../domain/failure.ts';
import type { LeaseFiles } from '../domain/lease.ts';
import type { Profile } from '../domain/profile.ts';
import type { Job } from '../ports/job.ts';
import type { Ports } from '../ports/ports.ts';
import { lend } from './lend.ts';

const minute = 60_000;
/** Before the end of a lease, the next one is asked for. */
const pushAheadMs = 30 * minute;
const soonestMs = 5000;
/** A machine that slept wakes in the middle of a wait; so no wait is longer. */
const longestWaitMs = minute;

/** Milliseconds until the next lease is asked for, when the one that is in place is good for `left`. */
export const nextLeaseIn = (left: number): number =>
  left <= 0 ? minute : Math.max(left - pushAheadMs, left / 2, soonestMs);

/**
 * Pushes the next lease into a running job before the one it has ends, until the signal. A failure is told once, and
 * tried again ever sooner until the end, then every minute.
 */
export const keepFresh = async (
  ports: Ports,
  {
    profile,
    job,
    lease: first,
  }: { readonly profile: Profile; readonly job: Job; readonly lease: LeaseFiles },
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  const { clock } = ports;
  let lease = first;
  let told = '';
  const tell = (line: string) => {
    if (line !== told) onProgress(line);
    told = line;
  };
  while (await reached(clock, clock.now() + nextLeaseIn(lease.expiresAt - clock.now()), signal)) {
    // Whoever finds a lease that outlives this one takes it; so of many jobs one refreshes.
    const marginMs = Math.max(0, lease.expiresAt - clock.now());
    const lent = await lend(ports, { profile, marginMs }, () => undefined, signal);
    if (signal.aborted) return;
    if (!lent.ok) {
      tell(failureLine(lent.failure));
      continue;
    }
    if (lent.value.warning !== null) tell(failureLine(lent.value.warning));
    if (lent.value.lease.expiresAt <= lease.expiresAt) continue;
    const pushed = await job.push(lent.value.lease);
    if (pushed.ok) lease = lent.value.lease;
    else if (!signal.aborted) tell(failureLine(pushed.failure));
  }
};

/** Waits for a point in time; false when the signal aborts first. */
const reached = async (clock: Ports['clock'], due: number, signal: AbortSignal): Promise<boolean> => {
  while (clock.now() < due) {
    try {
      await clock.wait(Math.min(due - clock.now(), longestWaitMs), signal);
    } catch {
      return false;
    }
  }
  return !signal.aborted;
};
