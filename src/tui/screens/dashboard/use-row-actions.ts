import { ok } from '../../../domain/failure.ts';
import type { Profile } from '../../../domain/profile.ts';
import { span } from '../../../domain/time.ts';
import type { Snapshot } from '../../../ports/auth-store.ts';
import { makeDefault } from '../../../usecases/profiles.ts';
import { refresh } from '../../../usecases/refresh.ts';
import { removeProfile } from '../../../usecases/remove-profile.ts';
import { renameProfile } from '../../../usecases/rename-profile.ts';
import { newestSnapshot, rollBack } from '../../../usecases/rollback.ts';
import { formatMoment } from '../../format.ts';
import { usePorts } from '../../ports-context.tsx';
import { useCopy } from '../../use-copy.ts';
import { type RowWorks, useRowWork, type Work } from './use-row-work.ts';

export interface RowActions extends Pick<RowWorks, 'works'> {
  /** Refreshes the login; stops that when it is under way. */
  readonly refresh: (profile: Profile) => void;
  readonly makeDefault: (profile: Profile) => void;
  readonly copyPath: (profile: Profile) => void;
  /** Finds the snapshot that a roll back would go to. */
  readonly findSnapshot: (profile: Profile, onFound: (snapshot: Snapshot) => void) => void;
  readonly rollBack: (profile: Profile, snapshot: Snapshot) => void;
  readonly rename: (profile: Profile, newName: string, onRenamed: () => void) => void;
  /** Its directory stays. */
  readonly remove: (profile: Profile) => void;
}

/** What can be done about a profile; how it went stands in its row. */
export const useRowActions = (onChange: (name: string) => void): RowActions => {
  const ports = usePorts();
  const copy = useCopy();
  const { works, start, stop } = useRowWork(onChange);
  return {
    works,
    refresh: (profile) => {
      if (works.get(profile.name)?.status === 'working') return stop(profile.name);
      start(profile.name, words('refreshing', 'refreshed', 'not refreshed'), async (signal, onProgress) => {
        const done = await refresh(ports, { profile, marginMs: null }, onProgress, signal);
        if (!done.ok) return done;
        const { expiresAt } = done.value;
        const left = expiresAt === null ? 0 : (expiresAt - ports.clock.now()) / 1000;
        return ok(left > 0 ? `Refreshed: the access token is good for ${span(left)}` : 'Refreshed');
      });
    },
    makeDefault: ({ name }) =>
      start(name, words('choosing', 'chosen', 'not chosen'), async () => {
        const chosen = await makeDefault(ports, name);
        return chosen.ok ? ok(`${name} is the default profile now`) : chosen;
      }),
    copyPath: ({ name, authDir }) =>
      start(name, words('copying', 'path copied', 'not copied'), async () =>
        ok((await copy(authDir)) ? `Copied: ${authDir}` : `Handed to the terminal to copy: ${authDir}`),
      ),
    findSnapshot: (profile, onFound) =>
      start(profile.name, words('looking', 'can go back', 'no way back'), async () => {
        const snapshot = await newestSnapshot(ports, profile);
        if (!snapshot.ok) return snapshot;
        onFound(snapshot.value);
        return ok(`The last snapshot is of ${formatMoment(snapshot.value.takenAt)}`);
      }),
    rollBack: (profile, { id, takenAt }) =>
      start(profile.name, words('rolling back', 'rolled back', 'not put back'), async (signal) => {
        const done = await rollBack(ports, { profile, id }, signal);
        return done.ok ? ok(`${profile.name} is as it was at ${formatMoment(takenAt)}`) : done;
      }),
    rename: ({ name }, newName, onRenamed) => {
      const work: Work = async (signal, onProgress) => {
        const renamed = await renameProfile(ports, { name, newName }, onProgress, signal);
        if (!renamed.ok) return renamed;
        onRenamed();
        const { stale } = renamed.value;
        return ok(`${name} is called ${newName} now${stale === null ? '' : `; ${stale}`}`);
      };
      start(name, words('renaming', 'renamed', 'not renamed'), work, newName);
    },
    remove: (profile) =>
      start(profile.name, words('removing', 'removed', 'not removed'), async (signal, onProgress) => {
        const removed = await removeProfile(ports, { profile, purge: 'nothing' }, onProgress, signal);
        return removed.ok ? ok(`${profile.name} was removed`) : removed;
      }),
  };
};

const words = (doing: string, done: string, failed: string) => ({ doing, done, failed });
