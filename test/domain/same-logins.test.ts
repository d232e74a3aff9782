import { expect, it } from 'vitest';
import type { CheckReport } from '../../src/domain/checks/report.ts';
import { sameLogins, sameLoginWarning } from '../../src/domain/same-logins.ts';

const report = (
  profile: string | null,
  email: string | null,
  { organization = 'Engines' as string | null, refreshable = true } = {},
): CheckReport => ({
  profile,
  authDir: `/${profile}`,
  status: 'pass',
  account: { email, organization, plan: 'max' },
  token: { expiresAt: null, expiresInSeconds: null, loginExpiresAt: null, refreshable, scopes: [] },
  findings: [],
});

it('finds the profiles of one account and organisation, however the address is written', () => {
  expect(
    sameLogins([
      report('dev', 'ada@example.com'),
      report('test', 'charles@example.com'),
      report('staging', 'Ada@Example.com'),
      report('other', 'ada@example.com', { organization: 'Another' }),
    ]),
  ).toEqual([['dev', 'staging']]);
});

it('leaves out what can take no tokens away: no account, nothing to refresh, no profile', () => {
  expect(
    sameLogins([
      report('a', null),
      report('b', null),
      report('c', 'ada@example.com'),
      report('d', 'ada@example.com', { refreshable: false }),
      report(null, 'ada@example.com'),
    ]),
  ).toEqual([]);
});

it('says what it means, about one of them or about all', () => {
  expect(sameLoginWarning(['dev', 'test'])).toBe(
    'dev, test are signed in to the same account and organisation; copies of one login sign each other out, so sign in to each by itself, or share one',
  );
  expect(sameLoginWarning(['dev', 'test', 'c', 'd', 'e'], 'dev')).toContain(
    'Same account and organisation as test, c, d and 1 more;',
  );
});
