import type { CheckReport } from '../../../domain/checks/report.ts';
import type { Profile } from '../../../domain/profile.ts';
import { formatDistance } from '../../format.ts';

export interface DashboardRow {
  readonly profile: Profile;
  readonly isDefault: boolean;
  readonly report: CheckReport;
}

/** How long a login is still good, in words, from the report's own moments. */
const timeLeft = ({ status, token }: CheckReport, now: number): string => {
  if (status === 'fail' || token.expiresAt === null)
    return status === 'fail' ? 'sign in again' : 'no end told';
  const end = token.refreshable && token.loginExpiresAt !== null ? token.loginExpiresAt : token.expiresAt;
  const left = Date.parse(end) - now;
  return left < 0 ? `ended ${formatDistance(left)}` : `ends ${formatDistance(left)}`;
};

/** A profile in one line: who, with which plan, how long. */
export const rowText = ({ report, isDefault }: DashboardRow, now: number): string =>
  [
    report.account.email ?? (report.status === 'fail' ? 'nobody' : 'unknown account'),
    report.account.plan,
    timeLeft(report, now),
    isDefault ? 'default' : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
