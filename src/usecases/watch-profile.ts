import { isRefreshable, type StoredLogin, tokenExpiry } from '../domain/credentials.ts';
import type { Failure } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import type { WatchEvent } from '../domain/watch/events.ts';
import { type Attempts, dueAt, noAttempts, spread } from '../domain/watch/schedule.ts';
import { isForPersons, judge, type ProfileStatus } from '../domain/watch/state.ts';
import { loginMark, tokensMark } from '../domain/working-copy.ts';
import type { Ports } from '../ports/ports.ts';
import { checkDirectory } from './check.ts';
import { type Published, publishProfile } from './publish.ts';
import { refresh } from './refresh.ts';

export interface WatchedProfile {
  /**
   * Looks at the profile: refreshes its login when that is due or asked for, brings its published directories up to date,
   * and judges how it is. Null when it was interrupted.
   */
  look(profile: Profile, asked: boolean, signal: AbortSignal): Promise<ProfileStatus | null>;
}

interface WatchedInput {
  readonly marginMs: number;
  /** What this watch's times are spread by; null for exactly at the margin. */
  readonly seed: string | null;
  readonly onEvent: (event: WatchEvent) => void;
  /** Called when a refresh begins and ends. */
  readonly onWork: (profile: string, working: boolean) => void;
}

/** One profile of a watch, and what it remembers of its attempts. */
export const createWatchedProfile = (ports: Ports, input: WatchedInput): WatchedProfile => {
  const { clock } = ports;
  let attempts: Attempts = noAttempts;
  let failure: Failure | null = null;
  /** The tokens that the attempts were about. */
  let tokens: string | null = null;
  let failures = 0;
  let lastSuccessAt: number | null = null;
  let before: ProfileStatus | null = null;
  const publishTroubles = new Map<string, string>();

  const dueOf = (name: string, login: StoredLogin): number => {
    const expiry = tokenExpiry(login);
    const expiresAt = expiry === null || expiry.odd !== null ? null : expiry.at;
    const jitter = input.seed === null ? 0 : spread(input.seed, name, expiresAt ?? 0);
    return dueAt({ expiresAt, marginMs: input.marginMs, attempts, jitter });
  };

  /** The login when it can be refreshed, and whether only a person can bring it back. */
  const readLogin = async ({ name, authDir }: Profile) => {
    const stored = await ports.store.readLogin(authDir);
    const login = stored.ok ? stored.value.login : null;
    const mark = login === null ? null : tokensMark(login);
    // Somebody signed in, or another process has refreshed: what failed before says nothing about these tokens.
    if (mark !== tokens) [tokens, failure, attempts] = [mark, null, { ...attempts, failures: 0 }];
    const refused = await ports.loginMarks.refused(name);
    const isDead =
      (login !== null && refused?.login === loginMark(login)) || (failure !== null && isForPersons(failure));
    const canRefresh = login !== null && !isDead && isRefreshable(login, clock.now());
    return { login: canRefresh ? login : null, isDead };
  };

  const report = (name: string, published: readonly Published[]): void => {
    for (const { directory, outcome, failure: trouble } of published) {
      if (outcome === 'written') input.onEvent({ event: 'published', profile: name, directory });
      const line = trouble === null ? '' : `${trouble.code} ${trouble.why}`;
      const known = publishTroubles.get(directory) ?? '';
      publishTroubles.set(directory, line);
      if (trouble === null || line === known) continue;
      const { code, why: reason, fix } = trouble;
      input.onEvent({ event: 'publish-failed', profile: name, directory, code, reason, fix });
    }
  };

  /** False when it was interrupted. */
  const renew = async (profile: Profile, marginMs: number | null, signal: AbortSignal): Promise<boolean> => {
    const { name } = profile;
    input.onWork(name, true);
    const done = await refresh(ports, { profile, marginMs }, () => undefined, signal);
    input.onWork(name, false);
    const now = clock.now();
    if (!done.ok && done.failure.code === 'interrupted') return false;
    const stored = await ports.store.readLogin(profile.authDir);
    tokens = stored.ok ? tokensMark(stored.value.login) : null;
    if (done.ok) {
      const { outcome, expiresAt } = done.value;
      attempts = {
        failures: 0,
        lastAttemptAt: now,
        refreshedAt: outcome === 'fresh' ? attempts.refreshedAt : now,
      };
      failure = null;
      if (outcome !== 'fresh') input.onEvent({ event: 'refreshed', profile: name, outcome, expiresAt });
      report(name, done.value.published ?? []);
      return true;
    }
    failure = done.failure;
    failures += 1;
    attempts = { ...attempts, failures: attempts.failures + 1, lastAttemptAt: now };
    const { code, why: reason, fix } = failure;
    const retryAt = isForPersons(failure) || !stored.ok ? null : dueOf(name, stored.value.login);
    input.onEvent({ event: 'refresh-failed', profile: name, code, reason, fix, retryAt });
    return true;
  };

  return {
    async look(profile, asked, signal) {
      const { name, authDir } = profile;
      const { login, isDead } = await readLogin(profile);
      const now = clock.now();
      if (login !== null && (asked || dueOf(name, login) <= now)) {
        const expiry = tokenExpiry(login);
        // Whoever was quicker has made more of it than is left now.
        const left = expiry === null || expiry.odd !== null ? null : Math.max(0, expiry.at - now);
        if (!(await renew(profile, asked ? null : left, signal))) return null;
      } else if (!isDead && failure === null) {
        // What lies in the directories is as good as what could not be refreshed, or better.
        const published = await publishProfile(ports, profile, signal);
        if (published.ok) report(name, published.value);
        else if (published.failure.code === 'interrupted') return null;
      }
      const checked = await checkDirectory(ports, { authDir, profile: name, live: null });
      const judged = judge(checked, failure, clock.now());
      if (judged.state === 'fresh' || judged.state === 'ends-soon') lastSuccessAt = clock.now();
      const after = await readLogin(profile);
      const nextAt = after.login === null ? null : dueOf(name, after.login);
      const status = { profile: name, ...judged, nextAt, lastSuccessAt, failures };
      const isAnew = before?.state !== status.state || before.needsPerson !== status.needsPerson;
      // Who asks for a refresh that is of no use is told why.
      if (isAnew || (asked && login === null)) {
        const { state, needsPerson, reason, expiresAt, loginExpiresAt } = judged;
        const previous = before?.state ?? null;
        input.onEvent({
          event: 'state',
          profile: name,
          state,
          previous,
          needsPerson,
          reason,
          expiresAt,
          loginExpiresAt,
        });
      }
      before = status;
      return status;
    },
  };
};
