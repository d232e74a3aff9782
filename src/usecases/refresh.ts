import { loginExpiry, type StoredLogin, tokenExpiry } from '../domain/credentials.ts';
import { fail, interrupted, ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import { zoned } from '../domain/time.ts';
import { hasRefreshToken, toWorkingCopy } from '../domain/working-copy.ts';
import type { Ports } from '../ports/ports.ts';
import type { Runtime } from '../ports/runtime.ts';
import { bringHome, disarmHolders, holdersOf } from './holders.ts';
import { openRuntime } from './open-runtime.ts';
import { withProfileLock } from './profile-lock.ts';
import { publicationsOf } from './publications.ts';
import { type Published, publishAll } from './publish.ts';
import { settleCopies, settleCopy } from './settle-copies.ts';

export interface Refreshed {
  /** `fresh`: nothing was due. `recovered`: new tokens that a killed process had left are in place now. */
  readonly outcome: 'refreshed' | 'recovered' | 'fresh';
  /** Milliseconds since the epoch, when the access token ends; null when the file does not say. */
  readonly expiresAt: number | null;
  /** What became of the directories that containers mount; absent when there are none. */
  readonly published?: readonly Published[];
}

export interface RefreshInput {
  readonly profile: Profile;
  /** Nothing is done while the access token is good for longer than this; null to refresh in any case. Milliseconds. */
  readonly marginMs: number | null;
}

/** What is left when nothing else is said: an hour. */
export const usualMarginMs = 3600_000;

/** Others that refresh the same profile are waited for; the second finds fresh tokens then. */
const queueMs = 120_000;
const cliLockMs = 70_000;
const lookAgainMs = 500;
/** The CLI may end without having asked the issuer, or find its connection cut. */
const attempts = 3;
/**
 * A CLI that took so long may have asked, and the issuer may have given new tokens that nobody heard of; to show the spent
 * one again would end the whole login at once. The CLI gives an answer 30 s (seen in 2.1.330).
 */
const gaveUpMs = 20_000;

/**
 * Has the real CLI refresh a profile's login, and keeps the new tokens. Only this touches a refresh token: one process
 * at a time, in a private copy that outlives it, so that new tokens are never lost, whenever we are killed.
 */
export const refresh = (
  ports: Ports,
  { profile, marginMs }: RefreshInput,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<Result<Refreshed>> =>
  withProfileLock(
    ports,
    profile,
    'refresh',
    signal,
    async (undone) => {
      if (undone !== null) onProgress(undone.summary);
      const runtime = await openRuntime(ports, profile.runtime, signal);
      if (!runtime.ok) return runtime;
      const quiet = await waitForCli(ports, profile, signal);
      if (!quiet.ok) return quiet;
      const recovered = await settleCopies(ports, profile, runtime.value, onProgress, signal);
      if (!recovered.ok) return recovered;
      const home = await bringHome(ports, profile, onProgress);
      if (!home.ok) return home;
      const expiresAt = recovered.value;
      const done: Result<Refreshed> =
        expiresAt !== null && isGood(ports, expiresAt, marginMs ?? usualMarginMs)
          ? ok({ outcome: 'recovered', expiresAt })
          : await refreshNow(ports, { profile, marginMs }, runtime.value, onProgress, signal);
      if (!done.ok) return done;
      const published = await publishNewest(ports, profile);
      return published.length === 0 ? done : ok({ ...done.value, published });
    },
    queueMs,
  );

/** At once and under the same lock: what lies there is older than what is stored until then. */
const publishNewest = async (ports: Ports, profile: Profile): Promise<readonly Published[]> => {
  const publications = await publicationsOf(ports, profile);
  return publications.ok ? publishAll(ports, profile, publications.value) : [];
};

/** Waits while a CLI of somebody's refreshes in the auth directory itself, or in one with the same login. */
const waitForCli = async (ports: Ports, profile: Profile, signal: AbortSignal): Promise<Result<void>> => {
  const holders = await holdersOf(ports, profile);
  if (!holders.ok) return holders;
  const directories = [profile.authDir, ...holders.value.map(({ directory }) => directory)];
  const until = ports.clock.now() + cliLockMs;
  const isHeld = async () =>
    (await Promise.all(directories.map((directory) => ports.cliLock.isHeld(directory)))).includes(true);
  while (await isHeld()) {
    if (ports.clock.now() >= until) {
      return fail(
        'refresh.under-way',
        `${profile.name} was not refreshed`,
        'a Claude CLI that works in the auth directory itself is refreshing it',
        'end that CLI, and give it a lease next time',
      );
    }
    try {
      await ports.clock.wait(lookAgainMs, signal);
    } catch {
      return interrupted(`${profile.name} was not refreshed`);
    }
  }
  return ok(undefined);
};

/** Makes us the only one with the refresh token. A holder that was just refreshing is waited for, and its tokens taken. */
const makeAlone = async (
  ports: Ports,
  profile: Profile,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<Result<void>> => {
  const disarmed = await disarmHolders(ports, profile);
  if (!disarmed.ok) return disarmed;
  const quiet = await waitForCli(ports, profile, signal);
  return quiet.ok ? bringHome(ports, profile, onProgress) : quiet;
};

const refreshNow = async (
  ports: Ports,
  { profile, marginMs }: RefreshInput,
  runtime: Runtime,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<Result<Refreshed>> => {
  const stored = await ports.store.readLogin(profile.authDir);
  if (!stored.ok) return stored;
  const expiresAt = goodUntil(stored.value.login);
  if (marginMs !== null && isGood(ports, expiresAt, marginMs)) return ok({ outcome: 'fresh', expiresAt });
  const possible = canRefresh(ports, profile, stored.value.login);
  if (!possible.ok) return possible;
  const alone = await makeAlone(ports, profile, onProgress, signal);
  if (!alone.ok) return alone;
  const newest = await ports.store.readLogin(profile.authDir);
  if (!newest.ok) return newest;
  const { login, stateFile } = newest.value;
  onProgress(`Having the CLI refresh ${profile.name}`);
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const startedAt = ports.clock.now();
    const files = toWorkingCopy(login, stateFile, startedAt);
    const copy = await runtime.startRefresh(profile.name, files, signal);
    if (!copy.ok) return copy;
    const settled = await settleCopy(ports, profile, copy.value, signal);
    if (!settled.ok) return settled;
    if (settled.value.kind === 'adopted')
      return ok({ outcome: 'refreshed', expiresAt: settled.value.expiresAt });
    if (ports.clock.now() - startedAt >= gaveUpMs) break;
    if (attempt < attempts) onProgress('The CLI got no new tokens; asking it again');
  }
  return fail(
    'refresh.unanswered',
    `${profile.name} was not refreshed`,
    'the CLI got no answer from the issuer of the tokens, and left the login as it was',
    'try again in a while; when it stays so, look at the network and the proxy of the runtime: claude-setup doctor',
  );
};

const isGood = ({ clock }: Ports, expiresAt: number | null, marginMs: number): boolean =>
  expiresAt !== null && expiresAt - clock.now() > marginMs;

const goodUntil = (login: StoredLogin): number | null => {
  const expiry = tokenExpiry(login);
  return expiry === null || expiry.odd !== null ? null : expiry.at;
};

const canRefresh = (ports: Ports, { name }: Profile, login: StoredLogin): Result<void> => {
  const end = loginExpiry(login);
  const ended = end !== null && end.odd === null && end.at <= ports.clock.now();
  if (hasRefreshToken(login) && !ended) return ok(undefined);
  return fail(
    'refresh.impossible',
    `${name} can't be refreshed`,
    ended ? `the login itself ended on ${zoned(end.at)}` : 'the login holds no refresh token',
    `sign in again: claude-setup login ${name}`,
  );
};
