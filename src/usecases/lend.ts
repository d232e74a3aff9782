import { type Failure, fail, ok, type Result } from '../domain/failure.ts';
import { type LeaseFiles, toLease, toLongLivedLease } from '../domain/lease.ts';
import type { Profile } from '../domain/profile.ts';
import type { Ports } from '../ports/ports.ts';
import { refresh, usualMarginMs } from './refresh.ts';

export interface Lent {
  readonly lease: LeaseFiles;
  /** Why the login could not be refreshed first, when what is left of its access token was lent all the same. */
  readonly warning: Failure | null;
}

export interface LendInput {
  readonly profile: Profile;
  /** The login is refreshed first when its access token is good for less than this. Milliseconds. */
  readonly marginMs?: number;
}

/**
 * A lease of a profile's login, refreshed first where less than the margin is left. When the refresh fails, the lease of
 * an access token that is still good is given, with a warning when it was due; one that has ended is never lent.
 */
export const lend = async (
  ports: Ports,
  { profile, marginMs = usualMarginMs }: LendInput,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<Result<Lent>> => {
  const unlocked = await ports.seals.unlock(profile.authDir);
  if (!unlocked.ok) return unlocked;
  const longLived = await readLongLived(ports, profile);
  if (longLived !== null) return ok({ lease: longLived, warning: null });
  const refreshed = await refresh(ports, { profile, marginMs }, onProgress, signal);
  if (!refreshed.ok && refreshed.failure.code === 'interrupted') return refreshed;
  const stored = await ports.store.readLogin(profile.authDir);
  if (!stored.ok) return stored;
  const lease = toLease(stored.value.login, stored.value.stateFile);
  const left = lease.expiresAt - ports.clock.now();
  if (left > 0) return ok({ lease, warning: refreshed.ok || left > marginMs ? null : refreshed.failure });
  if (!refreshed.ok) return refreshed;
  return fail(
    'login.expired',
    `${profile.name} has no access token to lend`,
    'its access token has ended',
    `sign in again: claude-setup login ${profile.name}`,
  );
};

/** A lease of a profile's login as it is, without refreshing it. */
export const leaseAsItIs = async (ports: Ports, profile: Profile): Promise<Result<LeaseFiles>> => {
  const longLived = await readLongLived(ports, profile);
  if (longLived !== null) return ok(longLived);
  const stored = await ports.store.readLogin(profile.authDir);
  return stored.ok ? ok(toLease(stored.value.login, stored.value.stateFile)) : stored;
};

/** A lease of the token of `claude setup-token`, when that is all the profile has. */
export const readLongLived = async (ports: Ports, { authDir }: Profile): Promise<LeaseFiles | null> => {
  const { credentials, oauthToken, state } = await ports.store.gather(authDir);
  const token = textOf(oauthToken.content)?.trim();
  if (credentials.kind !== 'missing' || !token) return null;
  return toLongLivedLease(token, textOf(state.content), ports.clock.now());
};

const textOf = (content: Uint8Array | null): string | null =>
  content === null ? null : new TextDecoder().decode(content);
