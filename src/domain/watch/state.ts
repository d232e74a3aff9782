import type { CheckReport } from '../checks/report.ts';
import type { Failure } from '../failure.ts';
import { healthWords, needsPerson } from '../profile-health.ts';
import { relative } from '../time.ts';

export const watchStates = ['fresh', 'retrying', 'ends-soon', 'needs-person'] as const;
/**
 * How a watched profile is. `retrying`: the last refresh failed in a way that passes. `ends-soon`: it works, and the login
 * itself ends within three days. `needs-person`: it does not work until somebody does something.
 */
export type WatchState = (typeof watchStates)[number];

/** A profile as the watch last saw it. Times are milliseconds since the epoch. */
export interface ProfileStatus {
  readonly profile: string;
  readonly state: WatchState;
  readonly needsPerson: boolean;
  /** One line, redacted where it is shown; what it is about the state. */
  readonly reason: string;
  readonly expiresAt: number | null;
  readonly loginExpiresAt: number | null;
  /** When the watch does something next; null when it waits for a person. */
  readonly nextAt: number | null;
  readonly lastSuccessAt: number | null;
  /** Refreshes that failed since the watch began. */
  readonly failures: number;
}

const momentOf = (text: string | null): number | null => (text === null ? null : Date.parse(text));

/** Failures of a refresh that only a person mends; asking again is no use and may do harm. */
const forPersons: readonly Failure['code'][] = [
  'refresh.refused',
  'refresh.impossible',
  'refresh.unusable',
  'login.missing',
  'login.malformed',
  'login.expired',
];

export const isForPersons = ({ code }: Failure): boolean => forPersons.includes(code);

/** What a report of the checks and the last failure, when there is one that was not overcome, come to. */
export const judge = (
  report: CheckReport,
  failure: Failure | null,
  now: number,
): Pick<ProfileStatus, 'state' | 'needsPerson' | 'reason' | 'expiresAt' | 'loginExpiresAt'> => {
  const times = {
    expiresAt: momentOf(report.token.expiresAt),
    loginExpiresAt: momentOf(report.token.loginExpiresAt),
  };
  const worst = report.findings.find(({ status }) => status === report.status);
  if (report.status === 'fail')
    return {
      ...times,
      state: 'needs-person',
      needsPerson: true,
      reason: worst?.summary ?? healthWords(report),
    };
  if (failure !== null) {
    const ended = times.expiresAt !== null && times.expiresAt <= now;
    const person = isForPersons(failure);
    return {
      ...times,
      state: person ? 'needs-person' : 'retrying',
      needsPerson: person || ended || needsPerson(report),
      reason: `${failure.what}: ${failure.why}`,
    };
  }
  if (needsPerson(report)) {
    const end = times.loginExpiresAt;
    const reason = end === null ? healthWords(report) : `the login itself ends ${relative(end, now)}`;
    return { ...times, state: 'ends-soon', needsPerson: true, reason };
  }
  return { ...times, state: 'fresh', needsPerson: false, reason: healthWords(report) };
};
