import { redact } from '../redact.ts';
import type { WatchState } from './state.ts';

/** What a hook is told about a profile; the next time is when it differs. Nothing secret. */
export interface Told {
  readonly state: WatchState;
  /** Milliseconds since the epoch, when the access token ends: another one means new tokens. */
  readonly expiresAt: number | null;
  readonly loginExpiresAt: number | null;
}

export const isToldAnew = (before: Told | null, now: Told): boolean =>
  before === null ||
  before.state !== now.state ||
  before.expiresAt !== now.expiresAt ||
  before.loginExpiresAt !== now.loginExpiresAt;

const isoOf = (moment: number | null): string => (moment === null ? '' : new Date(moment).toISOString());

/** The environment of a hook. Empty texts stand for what is not known. */
export const hookVariables = (
  profile: string,
  before: Told | null,
  now: Told,
  { needsPerson, reason }: { readonly needsPerson: boolean; readonly reason: string },
): Readonly<Record<string, string>> => ({
  CLAUDE_SETUP_PROFILE: profile,
  CLAUDE_SETUP_STATE: now.state,
  CLAUDE_SETUP_PREVIOUS_STATE: before?.state ?? '',
  CLAUDE_SETUP_EXPIRES_AT: isoOf(now.expiresAt),
  CLAUDE_SETUP_LOGIN_EXPIRES_AT: isoOf(now.loginExpiresAt),
  CLAUDE_SETUP_NEEDS_PERSON: needsPerson ? '1' : '0',
  CLAUDE_SETUP_REASON: redact(reason),
});
