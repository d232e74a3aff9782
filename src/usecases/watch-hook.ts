import type { WatchEvent } from '../domain/watch/events.ts';
import type { ProfileStatus } from '../domain/watch/state.ts';
import { hookVariables, isToldAnew, type Told } from '../domain/watch/told.ts';
import type { Ports } from '../ports/ports.ts';

const timeoutMs = 60_000;

/**
 * Tells the command of `--on-change` how a profile is, when that differs from what it was last told by whichever process.
 * What failed is told again at the next look. Not told while another watch is telling it.
 */
export const tellHook = async (
  ports: Ports,
  command: string,
  status: ProfileStatus,
  onEvent: (event: WatchEvent) => void,
  signal: AbortSignal,
): Promise<void> => {
  const { profile, state, expiresAt, loginExpiresAt } = status;
  const now: Told = { state, expiresAt, loginExpiresAt };
  if (!isToldAnew(await ports.hookMemory.recall(profile, command), now)) return;
  // No profile's name has a dot in it.
  const lock = await ports.locks.acquire(`${profile}.hook`, { command: 'watch', waitMs: 0, signal });
  if (!lock.ok) return;
  try {
    const before = await ports.hookMemory.recall(profile, command);
    if (!isToldAnew(before, now)) return;
    const done = await ports.hooks.run(command, hookVariables(profile, before, now, status), {
      timeoutMs,
      signal,
    });
    const kept = done.ok ? await ports.hookMemory.keep(profile, command, now) : done;
    if (kept.ok) onEvent({ event: 'told', profile, state });
    else if (kept.failure.code !== 'interrupted')
      onEvent({ event: 'hook-failed', profile, reason: kept.failure.why });
  } finally {
    await lock.value.release();
  }
};
