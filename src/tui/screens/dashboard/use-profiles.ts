import { useMemo, useRef, useState } from 'react';
import { type Failure, interrupted } from '../../../domain/failure.ts';
import {
  type ProfilesPicture,
  type ProfilesWatcher,
  watchProfiles,
} from '../../../usecases/watch-profiles.ts';
import { usePorts } from '../../ports-context.tsx';
import { useOnce } from '../../use-once.ts';
import { useTask } from '../../use-task.ts';
import { type ProfileRow, rowsOf } from './profile-rows.ts';

/** How often changes are looked for. */
const lookEveryMs = 1000;

export interface Profiles {
  /** Null until the first look. */
  readonly rows: readonly ProfileRow[] | null;
  readonly failure: Failure | null;
  /** Begins anew. */
  readonly reload: () => void;
  /** Checks a profile without waiting for the next look, also when only what we know of it has changed, as its passphrase. */
  readonly recheck: (name: string) => void;
  /** Tells which profiles are in view. */
  readonly setInView: (names: readonly string[]) => void;
}

/** The profiles with their checks; what anybody changes shows by itself. */
export const useProfiles = (): Profiles => {
  const ports = usePorts();
  const [picture, setPicture] = useState<ProfilesPicture | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const looking = useTask<never>();
  const inView = useRef<readonly string[]>([]);
  const pause = useRef(new AbortController());
  const watching = useRef<ProfilesWatcher | null>(null);

  const reload = () =>
    looking.start(async (signal, live) => {
      const watcher = watchProfiles(ports, {
        inView: () => inView.current,
        onPicture: (next) => live(() => setPicture(next)),
      });
      watching.current = watcher;
      while (!signal.aborted) {
        pause.current = new AbortController();
        const looked = await watcher.look(signal);
        live(() => setFailure(looked.ok ? null : looked.failure));
        const over = AbortSignal.any([signal, pause.current.signal]);
        await ports.clock.wait(lookEveryMs, over).catch(() => undefined);
      }
      return interrupted('Looking at the profiles ended');
    });
  useOnce(reload);
  return {
    rows: useMemo(() => (picture === null ? null : rowsOf(picture)), [picture]),
    failure,
    reload,
    recheck: (name) => {
      watching.current?.recheck(name);
      pause.current.abort();
    },
    setInView: (names) => {
      inView.current = names;
    },
  };
};
