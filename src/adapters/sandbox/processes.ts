import { setTimeout as wait } from 'node:timers/promises';
import { hasEnded, type ProcessIdentity } from '../store/process-identity.ts';

/** Ends a process group that is not a child of ours, and waits until it is gone (at most 2 s). */
export const endProcess = async (identity: ProcessIdentity): Promise<void> => {
  if (await hasEnded(identity)) return;
  try {
    process.kill(-identity.pid, 'SIGKILL');
  } catch {
    // It has just ended.
    return;
  }
  // Nobody tells about the end of a process that is no child.
  for (let look = 0; look < 100 && !(await hasEnded(identity)); look += 1) await wait(20);
};
