import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliLock } from '../../ports/cli-lock.ts';
import type { Clock } from '../../ports/clock.ts';

/** The CLI touches its lock every 5 s and takes one over that is 60 s old (seen in 2.1.330). */
const staleMs = 60_000;

/** The CLI's lock is a directory; its time says whether somebody keeps it. */
export const createCliLock = ({ clock }: { readonly clock: Clock }): CliLock => ({
  async isHeld(authDir) {
    const lock = await lstat(join(authDir, '.oauth_refresh.lock')).catch(() => null);
    return lock !== null && clock.now() - lock.mtimeMs < staleMs;
  },
});
