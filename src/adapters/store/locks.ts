import { join } from 'node:path';
import { shownPath } from '../../domain/capture-rules.ts';
import { fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Lock, Locks } from '../../ports/locks.ts';
import { errorCode } from './file-system.ts';
import type { Holder } from './lock-file.ts';
import { waitForLockFile } from './lock-wait.ts';
import { settingsFailure } from './settings-failure.ts';

export interface LocksOptions {
  /** The directory of the settings; the locks lie in `locks/` below it. */
  readonly home: string;
  readonly clock: Clock;
}

/** Locks as files that name their holder, one for each profile. */
export const createLocks = ({ home, clock }: LocksOptions): Locks => ({
  async acquire(profile, { command, waitMs, signal }): Promise<Result<Lock>> {
    const path = join(home, 'locks', `${profile}.lock`);
    try {
      const taken = await waitForLockFile(path, { command, waitMs, signal }, clock);
      return taken.taken ? ok({ release: taken.release }) : locked(profile, path, taken.holder, clock.now());
    } catch (error) {
      if (signal.aborted) return interrupted(`Waiting for profile "${profile}"`);
      if (errorCode(error) === null) throw error;
      return settingsFailure('The profile could not be locked', home, error);
    }
  },
});

const locked = (profile: string, path: string, holder: Holder | null, now: number): Result<Lock> =>
  holder === null
    ? fail(
        'locked',
        `Profile "${profile}" is locked`,
        `${shownPath(path)} is not a lock that this release wrote`,
        'remove that file if no other claude-setup is running, then try again',
      )
    : fail(
        'locked',
        `Profile "${profile}" is in use`,
        `process ${holder.pid} (${shownPath(holder.command)}) has held it for ${age(now - holder.takenAt)}`,
        `wait for it to end (--wait), or remove ${shownPath(path)} if there is no such process on ${shownPath(holder.place)}`,
      );

const units: readonly (readonly [name: string, milliseconds: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

const age = (milliseconds: number): string => {
  const [name, size] = units.find(([, unit]) => milliseconds >= unit) ?? ['s', 1000];
  return `${Math.max(0, Math.floor(milliseconds / size))} ${name}`;
};
