import type { CheckReport } from '../../../domain/checks/report.ts';
import { formatDistance, formatMoment } from '../../format.ts';

export interface DoneFact {
  readonly name: string;
  readonly text: string;
}

const moment = (iso: string, now: number): string => {
  const at = Date.parse(iso);
  return `${formatMoment(at)}, ${formatDistance(at - now)}`;
};

/** Who is signed in and until when, as lines. What the files do not say is left out. */
export const doneFacts = ({ account, token, authDir }: CheckReport, now: number): readonly DoneFact[] => {
  const facts: readonly (DoneFact | null)[] = [
    { name: 'Account', text: account.email ?? 'not told by the login' },
    account.organization === null ? null : { name: 'Organisation', text: account.organization },
    account.plan === null ? null : { name: 'Plan', text: account.plan },
    { name: 'Scopes', text: token.scopes.join(', ') || 'not told by the login' },
    token.expiresAt === null
      ? null
      : {
          name: 'Access until',
          text: moment(token.expiresAt, now) + (token.refreshable ? '' : ', then it ends'),
        },
    token.loginExpiresAt === null ? null : { name: 'Login until', text: moment(token.loginExpiresAt, now) },
    { name: 'Directory', text: authDir },
  ];
  return facts.filter((fact) => fact !== null);
};
