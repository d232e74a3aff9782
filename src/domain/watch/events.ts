import { plainJson, plainText } from '../plain-text.ts';
import { redact } from '../redact.ts';
import { ends, relative } from '../time.ts';
import type { ProfileStatus, WatchState } from './state.ts';

/** One thing that a watch did or saw. The names and fields are for scripts and stay as they are. Times are milliseconds since the epoch. */
export type WatchEvent =
  | { readonly event: 'started'; readonly profiles: readonly string[] }
  | { readonly event: 'profile-added' | 'profile-removed'; readonly profile: string }
  | {
      readonly event: 'state';
      readonly profile: string;
      readonly state: WatchState;
      /** Null at the first look. */
      readonly previous: WatchState | null;
      readonly needsPerson: boolean;
      readonly reason: string;
      readonly expiresAt: number | null;
      readonly loginExpiresAt: number | null;
    }
  | {
      readonly event: 'refreshed';
      readonly profile: string;
      readonly outcome: 'refreshed' | 'recovered';
      readonly expiresAt: number | null;
    }
  | {
      readonly event: 'refresh-failed';
      readonly profile: string;
      readonly code: string;
      readonly reason: string;
      readonly fix: string;
      /** Null when a person has to do something first. */
      readonly retryAt: number | null;
    }
  | { readonly event: 'published'; readonly profile: string; readonly directory: string }
  | {
      readonly event: 'publish-failed';
      readonly profile: string;
      readonly directory: string;
      readonly code: string;
      readonly reason: string;
      readonly fix: string;
    }
  | { readonly event: 'told'; readonly profile: string; readonly state: WatchState }
  | { readonly event: 'hook-failed'; readonly profile: string; readonly reason: string }
  | { readonly event: 'metrics-failed' | 'settings-failed'; readonly reason: string }
  | { readonly event: 'woke'; readonly sleptMs: number }
  | { readonly event: 'stopped' };

const timeFields: ReadonlySet<string> = new Set(['expiresAt', 'loginExpiresAt', 'retryAt']);

/** An event as one line of JSON: its time and name first, times in ISO 8601. */
export const eventJson = (event: WatchEvent, now: number): string => {
  const fields = Object.entries(event).map(([name, value]) => {
    if (timeFields.has(name) && typeof value === 'number') return [name, new Date(value).toISOString()];
    return [name, typeof value === 'string' ? redact(value) : value];
  });
  return plainJson({ time: new Date(now).toISOString(), ...Object.fromEntries(fields) });
};

const stateWords: Readonly<Record<WatchState, string>> = {
  fresh: 'is fresh',
  retrying: 'could not be refreshed',
  'ends-soon': 'needs a new sign-in soon',
  'needs-person': 'needs a person',
};

const textOf = (event: WatchEvent, now: number): string => {
  switch (event.event) {
    case 'started':
      return `watching ${event.profiles.join(', ') || 'no profile yet'}`;
    case 'profile-added':
      return `${event.profile} was added`;
    case 'profile-removed':
      return `${event.profile} was removed`;
    case 'state': {
      const token = event.expiresAt === null ? '' : `, the access token ${ends(event.expiresAt, now)}`;
      const login = event.loginExpiresAt === null ? '' : `, the login ${ends(event.loginExpiresAt, now)}`;
      // Why a refresh failed was told before it, and how long the login lasts is told behind it.
      const reason = event.state === 'needs-person' ? `: ${event.reason}` : '';
      return `${event.profile} ${stateWords[event.state]}${reason}${token}${login}`;
    }
    case 'refreshed': {
      const end = event.expiresAt === null ? '' : `, the access token ${ends(event.expiresAt, now)}`;
      const what =
        event.outcome === 'refreshed' ? 'was refreshed' : 'has the tokens of a refresh that was cut off';
      return `${event.profile} ${what}${end}`;
    }
    case 'refresh-failed': {
      const next = event.retryAt === null ? '' : `, trying again ${relative(event.retryAt, now)}`;
      return `${event.profile} was not refreshed: ${event.reason}${next}. Fix: ${event.fix}`;
    }
    case 'published':
      return `${event.profile} was published to ${event.directory}`;
    case 'publish-failed':
      return `${event.profile} was not published to ${event.directory}: ${event.reason}. Fix: ${event.fix}`;
    case 'told':
      return `the command of --on-change was told that ${event.profile} ${stateWords[event.state]}`;
    case 'hook-failed':
      return `the command of --on-change failed for ${event.profile}: ${event.reason}`;
    case 'metrics-failed':
      return `the metrics were not written: ${event.reason}`;
    case 'settings-failed':
      return `the settings can't be read: ${event.reason}`;
    case 'woke':
      return event.sleptMs > 0
        ? 'the machine was asleep, looking at once'
        : 'the clock was set back, looking at once';
    case 'stopped':
      return 'the watch ended';
  }
};

/** An event as one line for people. */
export const eventText = (event: WatchEvent, now: number): string =>
  plainText(redact(textOf(event, now)).replaceAll(/\p{C}+/gu, ' '));

/** The same with its time, for a log. */
export const eventLine = (event: WatchEvent, now: number): string =>
  `${new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')} ${eventText(event, now)}`;

/** A profile of which nothing is known yet. */
export const unseenStatus = (profile: string): ProfileStatus => ({
  profile,
  state: 'fresh',
  needsPerson: false,
  reason: '',
  expiresAt: null,
  loginExpiresAt: null,
  nextAt: null,
  lastSuccessAt: null,
  failures: 0,
});
