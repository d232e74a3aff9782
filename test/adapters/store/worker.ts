// A process for the tests of what several processes do at once.
//   worker.ts settings HOME NAME COUNT   adds COUNT profiles, one by one
//   worker.ts lock HOME PROFILE          takes the lock, says so, and releases it on SIGTERM
//   worker.ts take HOME PROFILE          tries to take the lock, says how it went, and keeps it until it is killed
import { once } from 'node:events';
import { systemClock } from '../../../src/adapters/host/clock.ts';
import { createLocks } from '../../../src/adapters/store/locks.ts';
import { createSettings } from '../../../src/adapters/store/settings.ts';
import { ok } from '../../../src/domain/failure.ts';

const [task = '', home = '', name = '', count = '0'] = process.argv.slice(2);
const signal = new AbortController().signal;

const addProfiles = async (): Promise<void> => {
  const settings = createSettings({ home, clock: systemClock });
  for (let number = 0; number < Number(count); number += 1) {
    const profile = {
      name: `${name}-${number}`,
      authDir: `/nowhere/${name}-${number}`,
      runtime: 'docker',
      leaveOut: null,
    } as const;
    const updated = await settings.update((config) =>
      ok({ ...config, profiles: [...config.profiles, profile] }),
    );
    if (!updated.ok) throw new Error(updated.failure.why);
  }
};

const takeLock = async (): Promise<void> => {
  const lock = await createLocks({ home, clock: systemClock }).acquire(name, {
    command: 'held by a test',
    waitMs: 0,
    signal,
  });
  const free = task === 'lock' ? 'held' : 'taken';
  console.log(lock.ok ? free : lock.failure.code);
  const kept = setInterval(() => undefined, 1000);
  await once(process, 'SIGTERM');
  clearInterval(kept);
  if (lock.ok) await lock.value.release();
};

await (task === 'settings' ? addProfiles() : takeLock());
