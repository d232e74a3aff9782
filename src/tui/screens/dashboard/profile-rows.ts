import type { CheckReport } from '../../../domain/checks/report.ts';
import { plainText } from '../../../domain/plain-text.ts';
import type { Profile } from '../../../domain/profile.ts';
import { healthWords, loginLeft, needsPerson, tokenLeft } from '../../../domain/profile-health.ts';
import { sameLogins } from '../../../domain/same-logins.ts';
import type { ProfilesPicture } from '../../../usecases/watch-profiles.ts';
import { shortPath } from '../profile/profile-state.ts';
import type { Cells } from './columns.ts';

export interface ProfileRow {
  readonly profile: Profile;
  readonly isDefault: boolean;
  /** Null until it was looked at. */
  readonly report: CheckReport | null;
  /** Names of the profiles that are signed in to the same account and organisation, this one among them; or none. */
  readonly sharedBy: readonly string[];
}

export const rowsOf = ({ config, reports }: ProfilesPicture): readonly ProfileRow[] => {
  const shared = new Map(sameLogins(reports.values()).flatMap((names) => names.map((name) => [name, names])));
  return config.profiles.map((profile) => ({
    profile,
    isDefault: profile.name === config.defaultProfile,
    report: reports.get(profile.name) ?? null,
    sharedBy: shared.get(profile.name) ?? [],
  }));
};

/** Stands behind the name of the default profile. */
export const defaultMark = ' (default)';

/** What stands in a row, as it is measured and shown. */
export const cellsOf = ({ profile, isDefault, report }: ProfileRow, home: string, now: number): Cells => ({
  name: profile.name + (isDefault ? defaultMark : ''),
  health: report === null ? 'looking' : healthWords(report),
  account: plainText(report?.account.email ?? '-'),
  organization: plainText(report?.account.organization ?? '-'),
  plan: plainText(report?.account.plan ?? '-'),
  token: report === null ? '-' : tokenLeft(report, now),
  login: report === null ? '-' : loginLeft(report, now),
  runtime: profile.runtime,
  directory: plainText(shortPath(profile.authDir, home)),
});

/** The rows that hold every word of the filter, in any of the columns but the times. */
export const filterRows = (
  rows: readonly ProfileRow[],
  filter: string,
  home: string,
): readonly ProfileRow[] => {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const { token: _token, login: _login, ...cells } = cellsOf(row, home, 0);
    const needs = row.report !== null && needsPerson(row.report) ? 'needs a person' : '';
    const text = [...Object.values(cells), needs].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
};
