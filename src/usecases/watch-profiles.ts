import type { CheckReport } from '../domain/checks/report.ts';
import type { Config } from '../domain/config.ts';
import { ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import { isOvertaken } from '../domain/profile-health.ts';
import type { Ports } from '../ports/ports.ts';
import { checkDirectory } from './check.ts';
import { withSome } from './check-profiles.ts';

/** The profiles as they were last seen. */
export interface ProfilesPicture {
  readonly config: Config;
  /** By profile; absent for one that was not looked at yet. */
  readonly reports: ReadonlyMap<string, CheckReport>;
}

export interface WatchInput {
  /** Names of the profiles that somebody is looking at: they come first, and in every look. */
  readonly inView: () => readonly string[];
  readonly onPicture: (picture: ProfilesPicture) => void;
}

export interface ProfilesWatcher {
  /** Looks for changes once, and calls `onPicture` when it found some. The first look ends when every profile was seen. */
  look(signal: AbortSignal): Promise<Result<void>>;
  /** Has the next look that comes by a profile check it, whether or not its files have changed. */
  recheck(name: string): void;
}

interface Seen {
  readonly authDir: string;
  readonly mark: string;
  readonly report: CheckReport;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** How many profiles are looked at for the first time before the picture is shown. */
const firstBatch = 100;
/** How many are looked at again in one go beside those in view; the rest has its turn in the next looks. */
const againBatch = 30;

type WatchPorts = Pick<Ports, 'changes' | 'settings' | 'store' | 'host' | 'clock' | 'loginMarks'>;

/**
 * Watches the settings and the auth directories, whoever changes them. What a look costs is bounded: some stats for the
 * profiles in view and a batch of the others, and the checks only of those that changed or were overtaken by time.
 */
export const watchProfiles = (ports: WatchPorts, { inView, onPicture }: WatchInput): ProfilesWatcher => {
  let settings: { readonly mark: string; readonly config: Result<Config> } | null = null;
  const seen = new Map<string, Seen>();
  let turn = 0;

  const readSettings = async (): Promise<{ readonly loaded: Result<Config>; readonly isNew: boolean }> => {
    const mark = await ports.changes.settings();
    if (settings?.mark === mark) return { loaded: settings.config, isNew: false };
    settings = { mark, config: await ports.settings.load() };
    return { loaded: settings.config, isNew: true };
  };

  const lookAt = async ({ name, authDir }: Profile): Promise<boolean> => {
    const mark = await ports.changes.profile({ name, authDir });
    const now = ports.clock.now();
    const known = seen.get(name);
    if (known?.mark === mark && !isOvertaken(known.report, known.at, now)) return false;
    const report = await checkDirectory(ports, { authDir, profile: name, live: null });
    seen.set(name, { authDir, mark, report, at: now });
    return true;
  };

  /** Those in view, and some of those that were never seen, else some of all in turn. */
  const choose = (profiles: readonly Profile[]): ReadonlySet<Profile> => {
    const names = new Set(inView());
    const viewed = profiles.filter(({ name }) => names.has(name));
    const unseen = profiles.filter(({ name }) => !seen.has(name)).slice(0, firstBatch);
    if (unseen.length > 0) return new Set([...viewed, ...unseen]);
    const again = [...profiles, ...profiles].slice(turn, turn + Math.min(againBatch, profiles.length));
    turn = (turn + againBatch) % Math.max(1, profiles.length);
    return new Set([...viewed, ...again]);
  };

  return {
    async look(signal) {
      const { loaded, isNew } = await readSettings();
      if (!loaded.ok) return loaded;
      const config = loaded.value;
      let changed = isNew;
      const places = new Map(config.profiles.map(({ name, authDir }) => [name, authDir]));
      for (const [name, { authDir }] of seen) if (places.get(name) !== authDir) seen.delete(name);
      do {
        await withSome(choose(config.profiles), async (profile) => {
          if (!signal.aborted && (await lookAt(profile))) changed = true;
        });
        if (signal.aborted) break;
        if (changed)
          onPicture({ config, reports: new Map([...seen].map(([name, { report }]) => [name, report])) });
        changed = false;
      } while (seen.size < places.size);
      return ok(undefined);
    },
    recheck(name) {
      const known = seen.get(name);
      if (known !== undefined) seen.set(name, { ...known, mark: '' });
    },
  };
};
