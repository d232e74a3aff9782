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
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [profile]);
    else group.push(profile);
  }
  return [...groups.values()].filter((names) => names.length > 1);
};

const mostNames = 3;

/** What it means that profiles share an account; `about` is the one of them that it is said of, if of one. */
export const sameLoginWarning = (names: readonly string[], about: string | null = null): string => {
  const others = names.filter((name) => name !== about);
  const left = others.length - mostNames;
  const list = left > 0 ? `${others.slice(0, mostNames).join(', ')} and ${left} more` : others.join(', ');
  const who =
    about === null
      ? `${list} are signed in to the same account and organisation`
      : `Same account and organisation as ${list}`;
  return `${who}; copies of one login sign each other out, so sign in to each by itself, or share one`;
};
