import type { CheckReport } from './checks/report.ts';

/**
 * Profiles that are signed in to the same account and organisation, by their names, in the order of the reports. Only
 * logins that can be refreshed count: the others can't take each other's tokens away.
 */
export const sameLogins = (reports: Iterable<CheckReport>): readonly (readonly string[])[] => {
  const groups = new Map<string, string[]>();
  for (const { profile, account, token } of reports) {
    if (profile === null || account.email === null || !token.refreshable) continue;
    const key = JSON.stringify([account.email.toLowerCase(), account.organization]);
    groups.set(key, [...(groups.get(key) ?? []), profile]);
  }
  return [...groups.values()].filter((names) => names.length > 1);
};

const mostNames = 3;

/** What it means for one of them, or for all, that profiles share an account. */
export const sameLoginWarning = (names: readonly string[], about: string | null = null): string => {
  const named = names.filter((name) => name !== about);
  const shown = named.slice(0, mostNames).join(', ');
  const list = named.length > mostNames ? `${shown} and ${named.length - mostNames} more` : shown;
  const who = about === null ? `${list} are signed in to one` : `Signed in to the same`;
  const beside = about === null ? '' : ` as ${list}`;
  return `${who} account and organisation${beside}: copies of one login sign each other out when one is refreshed, so sign in to each profile by itself, or keep one and share it`;
};
