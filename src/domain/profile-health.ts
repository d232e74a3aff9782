import type { CheckId, CheckReport, FindingStatus, Health } from './checks/report.ts';
import { sealedAndLocked } from './seal.ts';
import { span } from './time.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** Failures that a new sign-in mends. */
const mendedBySignIn: readonly CheckId[] = [
  'credentials.empty',
  'credentials.json',
  'credentials.shape',
  'credentials.blanked',
  'credentials.scopes',
  'token.expiry',
  'token.login',
  'cli.accepts',
];

const statusOf = ({ findings }: CheckReport, id: CheckId): FindingStatus | undefined =>
  findings.find((finding) => finding.id === id)?.status;

/** Whether a token of `claude setup-token` is kept instead of a login: there is a token, and no JSON. */
const isLongLived = (report: CheckReport): boolean =>
  statusOf(report, 'credentials.json') === 'skip' && statusOf(report, 'credentials.shape') === 'pass';

/** Whether it is sealed and could not be opened: what is in it, nobody has seen. */
const isLocked = ({ findings }: CheckReport): boolean =>
  findings.some(
    ({ id, status, summary }) =>
      id === 'credentials.present' && status === 'fail' && summary.startsWith(sealedAndLocked),
  );

/** How a profile is, in the words of the tables. */
export const healthWords = (report: CheckReport): string => {
  const first = report.findings.find(({ status }) => status === report.status)?.id;
  if (report.status === 'pass' || first === undefined) return 'fine';
  if (report.status === 'fail') {
    if (isLocked(report)) return 'locked';
    if (first === 'directory.present' || first === 'credentials.present') return 'not signed in';
    return mendedBySignIn.includes(first) ? 'sign in again' : 'broken';
  }
  if (statusOf(report, 'token.login') === 'warn') return 'ends soon';
  if (statusOf(report, 'token.expiry') === 'warn') return 'refresh due';
  return isLongLived(report) && first === 'credentials.scopes' ? 'long-lived' : 'has warnings';
};

/** Whether somebody has to do something: nothing works, or the login itself ends soon, which no refresh prevents. */
export const needsPerson = (report: CheckReport): boolean =>
  report.status === 'fail' || statusOf(report, 'token.login') === 'warn';

/** How many of the profiles are how. */
export interface RollUp {
  readonly person: number;
  readonly look: number;
  readonly fine: number;
}

export const rollUp = (reports: readonly CheckReport[]): RollUp => {
  const person = reports.filter(needsPerson).length;
  const fine = reports.filter(({ status }) => status === 'pass').length;
  return { person, look: reports.length - person - fine, fine };
};

/** The parts of the roll-up that are worth saying, the worst first, each with the health that it stands for. */
export const rollUpParts = ({ person, look, fine }: RollUp): readonly (readonly [Health, string])[] => [
  ...(person > 0 ? [['fail', `${person} ${person === 1 ? 'needs' : 'need'} a person`] as const] : []),
  ...(look > 0 ? [['warn', `${look} with warnings`] as const] : []),
  ...(fine > 0 || (person === 0 && look === 0) ? [['pass', `${fine} fine`] as const] : []),
];

/** What is left until a moment of a report, such as `7 h 46 min`. */
const left = (at: string | null, now: number): string => {
  if (at === null) return '-';
  const milliseconds = Date.parse(at) - now;
  return milliseconds > 0 ? span(milliseconds / 1000) : 'ended';
};

/** What is left of the access token. */
export const tokenLeft = (report: CheckReport, now: number): string =>
  isLongLived(report) ? 'long-lived' : left(report.token.expiresAt, now);

/** What is left of the login itself, however often it is refreshed. */
export const loginLeft = ({ token }: CheckReport, now: number): string => left(token.loginExpiresAt, now);

/** How long a report is taken for true when nothing changes on disk, since it speaks of time in words. */
const trueForMs = minute;

/** Whether a report of the time `at` has been overtaken by the time alone at `now`. */
export const isOvertaken = ({ token }: CheckReport, at: number, now: number): boolean => {
  const access = Date.parse(token.expiresAt ?? '');
  const login = Date.parse(token.loginExpiresAt ?? '');
  const turns = [access - 30 * minute, access, login - 3 * day, login];
  return now - at >= trueForMs || turns.some((turn) => at < turn && turn <= now);
};
