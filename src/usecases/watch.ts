import { ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import type { WatchEvent } from '../domain/watch/events.ts';
import { metricsText } from '../domain/watch/metrics.ts';
import { sleptFor, waitSlice } from '../domain/watch/schedule.ts';
import type { ProfileStatus } from '../domain/watch/state.ts';
import type { Ports } from '../ports/ports.ts';
import { withSome } from './check-profiles.ts';
import { resolveProfile } from './profiles.ts';
import { tellHook } from './watch-hook.ts';
import { createWatchedProfile, type WatchedProfile } from './watch-profile.ts';

export interface WatchInput {
  /** Empty for every profile, also those that are added later. */
  readonly names: readonly string[];
  /** How much of an access token is left when it is refreshed. Milliseconds. */
  readonly marginMs: number;
  /** How often the profiles are looked at, at least. Milliseconds. */
  readonly intervalMs: number;
  /** What the times of this watch are spread by, so that many machines do not ask at once; null for no spreading. */
  readonly seed: string | null;
  /** A command line for `sh -c`; null for none. */
  readonly onChange: string | null;
  readonly metricsFile: string | null;
  readonly onEvent: (event: WatchEvent) => void;
  readonly onPicture?: (picture: WatchPicture) => void;
}

/** The profiles as they were last seen, in the order of the settings. */
export interface WatchPicture {
  readonly statuses: readonly ProfileStatus[];
  /** Those that are being refreshed. */
  readonly working: ReadonlySet<string>;
}

export interface Watch {
  /** One look at every profile. */
  pass(signal: AbortSignal): Promise<Result<readonly ProfileStatus[]>>;
  /** Looks again and again until the signal aborts. Whatever fails outside is reported, and tried again. */
  run(signal: AbortSignal): Promise<void>;
  /** Has a profile refreshed at once, whatever is left; null for all. */
  refreshNow(profile: string | null): void;
}

/** The shortest time between two looks. */
const leastPauseMs = 1000;

/** Keeps profiles fresh. */
export const createWatch = (ports: Ports, input: WatchInput): Watch => {
  const { clock } = ports;
  const watched = new Map<string, WatchedProfile>();
  const statuses = new Map<string, ProfileStatus>();
  const working = new Set<string>();
  const asked = new Set<string>();
  let known: readonly Profile[] | null = null;
  let settingsTrouble: string | null = null;
  let wake = new AbortController();

  const show = () =>
    input.onPicture?.({
      statuses: (known ?? []).flatMap(({ name }) => statuses.get(name) ?? []),
      working: new Set(working),
    });

  const onWork = (profile: string, isWorking: boolean) => {
    if (isWorking) working.add(profile);
    else working.delete(profile);
    show();
  };

  /** The profiles of now. When the settings can't be read, those of before. */
  const profiles = async (): Promise<Result<readonly Profile[]>> => {
    const config = await ports.settings.load();
    if (!config.ok) {
      if (known === null) return config;
      if (settingsTrouble !== config.failure.why)
        input.onEvent({ event: 'settings-failed', reason: config.failure.why });
      settingsTrouble = config.failure.why;
      return ok(known);
    }
    settingsTrouble = null;
    const { names } = input;
    const chosen = config.value.profiles.filter(({ name }) => names.length === 0 || names.includes(name));
    if (known === null) input.onEvent({ event: 'started', profiles: chosen.map(({ name }) => name) });
    else reportChanges(known, chosen);
    known = chosen;
    return ok(chosen);
  };

  const reportChanges = (before: readonly Profile[], now: readonly Profile[]) => {
    const missing = (all: readonly Profile[], from: readonly Profile[]) =>
      all.filter(({ name }) => from.every((other) => other.name !== name));
    for (const { name } of missing(now, before)) input.onEvent({ event: 'profile-added', profile: name });
    for (const { name } of missing(before, now)) {
      watched.delete(name);
      statuses.delete(name);
      input.onEvent({ event: 'profile-removed', profile: name });
    }
  };

  const lookAt = async (profile: Profile, signal: AbortSignal): Promise<void> => {
    const { name } = profile;
    const one = watched.get(name) ?? createWatchedProfile(ports, { ...input, onWork });
    watched.set(name, one);
    const status = await one.look(profile, asked.delete(name), signal);
    if (status === null) return;
    statuses.set(name, status);
    show();
    if (input.onChange !== null) await tellHook(ports, input.onChange, status, input.onEvent, signal);
  };

  const pass: Watch['pass'] = async (signal) => {
    const found = await profiles();
    if (!found.ok) return found;
    show();
    await withSome(found.value, async (profile) => {
      if (!signal.aborted) await lookAt(profile, signal);
    });
    const seen = found.value.flatMap(({ name }) => statuses.get(name) ?? []);
    if (input.metricsFile !== null) {
      const written = await ports.outputFiles.replace(input.metricsFile, metricsText(seen, clock.now()));
      if (!written.ok) input.onEvent({ event: 'metrics-failed', reason: written.failure.why });
    }
    return ok(seen);
  };

  /** Other marks mean that somebody has signed in, or changed the settings. */
  const marks = async (): Promise<string> =>
    JSON.stringify(
      await Promise.all([
        ports.changes.settings(),
        ...(known ?? []).map((one) => ports.changes.profile(one)),
      ]),
    );

  /** Waits until something is due or has changed, the person asks, or the machine has slept. */
  const rest = async (signal: AbortSignal): Promise<void> => {
    const now = clock.now();
    const seen = await marks();
    const next = [...statuses.values()].flatMap(({ nextAt }) => nextAt ?? []);
    const until = Math.max(now + leastPauseMs, Math.min(now + input.intervalMs, ...next));
    const waking = AbortSignal.any([signal, wake.signal]);
    for (let at = now; at < until && !waking.aborted; at = clock.now()) {
      const slice = waitSlice(at, until);
      await clock.wait(slice, waking).catch(() => undefined);
      const sleptMs = sleptFor(at, slice, clock.now());
      if (sleptMs !== 0) input.onEvent({ event: 'woke', sleptMs });
      if (sleptMs !== 0 || (!waking.aborted && (await marks()) !== seen)) break;
    }
    wake = new AbortController();
  };

  return {
    pass,
    async run(signal) {
      while (!signal.aborted) {
        const passed = await pass(signal);
        if (!passed.ok) input.onEvent({ event: 'settings-failed', reason: passed.failure.why });
        if (!signal.aborted) await rest(signal);
      }
      input.onEvent({ event: 'stopped' });
    },
    refreshNow(profile) {
      for (const { name } of known ?? []) if (profile === null || profile === name) asked.add(name);
      wake.abort();
    },
  };
};

/** Checks that every profile that was named is there. */
export const requireProfiles = async (ports: Ports, names: readonly string[]): Promise<Result<void>> => {
  for (const name of names) {
    const resolved = await resolveProfile(ports, name);
    if (!resolved.ok) return resolved;
  }
  return ok(undefined);
};
