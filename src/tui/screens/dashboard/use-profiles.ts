import { useState } from 'react';
import { type Failure, interrupted, ok, type Result } from '../../../domain/failure.ts';
import type { Profile } from '../../../domain/profile.ts';
import type { Ports } from '../../../ports/ports.ts';
import { checkDirectory } from '../../../usecases/check.ts';
import { makeDefault as chooseDefault } from '../../../usecases/profiles.ts';
import { usePorts } from '../../ports-context.tsx';
import { useOnce } from '../../use-once.ts';
import { useTask } from '../../use-task.ts';
import type { DashboardRow } from './dashboard-state.ts';

/** How often the profiles are looked at again. */
const lookEveryMs = 5000;

export interface Profiles {
  /** Null until the first look. */
  readonly rows: readonly DashboardRow[] | null;
  readonly failure: Failure | null;
  readonly reload: () => void;
  readonly makeDefault: (profile: Profile) => void;
}

/** The profiles with their checks, looked at again and again. */
export const useProfiles = (): Profiles => {
  const ports = usePorts();
  const [rows, setRows] = useState<readonly DashboardRow[] | null>(null);
  const looking = useTask<never>();
  const choosing = useTask<Profile>();

  const reload = () =>
    looking.start(async (signal, live) => {
      while (!signal.aborted) {
        const found = await readRows(ports);
        if (!found.ok) return found;
        live(() => setRows(found.value));
        await ports.clock.wait(lookEveryMs, signal).catch(() => undefined);
      }
      return interrupted('Looking at the profiles ended');
    });
  useOnce(() => {
    reload();
    return undefined;
  });
  return {
    rows,
    failure: [looking.task, choosing.task].find((task) => task.status === 'failed')?.failure ?? null,
    reload,
    makeDefault: ({ name }) => choosing.start(() => chooseDefault(ports, name), reload),
  };
};

const readRows = async (ports: Ports): Promise<Result<readonly DashboardRow[]>> => {
  const config = await ports.settings.load();
  if (!config.ok) return config;
  const { profiles, defaultProfile } = config.value;
  const rows = profiles.map(async (profile) => ({
    profile,
    isDefault: profile.name === defaultProfile,
    report: await checkDirectory(ports, { authDir: profile.authDir, profile: profile.name, live: null }),
  }));
  return ok(await Promise.all(rows));
};
