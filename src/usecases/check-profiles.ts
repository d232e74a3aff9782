import type { CheckReport } from '../domain/checks/report.ts';
import type { Profile } from '../domain/profile.ts';
import type { Ports } from '../ports/ports.ts';
import { checkDirectory } from './check.ts';

/** Few enough that files opened at once stay far below what a process may have, and the event loop is never held up. */
const atOnce = 8;

/** Does `work` for every item, a few at the same time. */
export const withSome = async <T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> => {
  // One iterator for all: whoever is free takes the next.
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
};

/** The checks of many profiles, in their order. */
export const checkProfiles = async (
  ports: Pick<Ports, 'store' | 'host' | 'clock' | 'loginMarks'>,
  profiles: readonly Profile[],
): Promise<readonly CheckReport[]> => {
  const reports = new Map<string, CheckReport>();
  await withSome(profiles, async ({ name, authDir }) => {
    reports.set(name, await checkDirectory(ports, { authDir, profile: name, live: null }));
  });
  return profiles.flatMap(({ name }) => reports.get(name) ?? []);
};
