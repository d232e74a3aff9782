import type { CheckReport } from '../domain/checks/report.ts';
import type { Config } from '../domain/config.ts';
import { plainText } from '../domain/plain-text.ts';
import { healthWords, loginLeft, rollUp, rollUpParts, tokenLeft } from '../domain/profile-health.ts';
import { sameLogins, sameLoginWarning } from '../domain/same-logins.ts';
import { tableLines } from './table.ts';

const head = ['', 'NAME', 'HEALTH', 'ACCOUNT', 'PLAN', 'TOKEN', 'LOGIN', 'RUNTIME', 'DIRECTORY'];

/** The profiles in a table, each with its report, and what there is to say about all of them. `now` in milliseconds. */
export const profileLines = (
  { profiles, defaultProfile }: Pick<Config, 'profiles' | 'defaultProfile'>,
  reports: readonly CheckReport[],
  now: number,
): readonly string[] => {
  const rows = profiles.flatMap(({ name, runtime, authDir }, place) => {
    const report = reports[place];
    if (report === undefined) return [];
    const { email, plan } = report.account;
    const left = [tokenLeft(report, now), loginLeft(report, now)];
    const mark = name === defaultProfile ? '*' : '';
    return [
      [mark, name, healthWords(report), email ?? '-', plan ?? '-', ...left, runtime, authDir].map(plainText),
    ];
  });
  return [...tableLines(head, rows), ...sameLoginLines(reports)];
};

/** A line for every account that several profiles are signed in to. */
export const sameLoginLines = (reports: readonly CheckReport[]): readonly string[] =>
  sameLogins(reports).map((names) => `Note: ${sameLoginWarning(names)}`);

/** How many profiles are how, in one line. */
export const rollUpLine = (reports: readonly CheckReport[]): string => {
  const count = `${reports.length} ${reports.length === 1 ? 'profile' : 'profiles'}`;
  return `${count}: ${rollUpParts(rollUp(reports))
    .map(([, text]) => text)
    .join(', ')}`;
};
