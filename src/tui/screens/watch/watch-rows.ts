import type { FindingStatus } from '../../../domain/checks/report.ts';
import { span } from '../../../domain/time.ts';
import type { ProfileStatus, WatchState } from '../../../domain/watch/state.ts';

/** One profile of the table: its mark, and its cells in the order of the columns. */
export interface WatchRow {
  readonly profile: string;
  readonly mark: FindingStatus;
  readonly cells: readonly string[];
}

const marks: Readonly<Record<WatchState, FindingStatus>> = {
  fresh: 'pass',
  retrying: 'warn',
  'ends-soon': 'warn',
  'needs-person': 'fail',
};

const words: Readonly<Record<WatchState, string>> = {
  fresh: 'fresh',
  retrying: 'trying again',
  'ends-soon': 'ends soon',
  'needs-person': 'needs you',
};

const left = (moment: number | null, now: number): string =>
  moment === null ? '-' : moment <= now ? 'ended' : span((moment - now) / 1000);

const next = ({ nextAt }: ProfileStatus, isWorking: boolean, now: number): string => {
  if (isWorking) return 'refreshing';
  if (nextAt === null) return '-';
  return nextAt <= now ? 'now' : span((nextAt - now) / 1000);
};

/** Heads of the cells and their widths. Where there is no room the last ones are given up. */
export const watchColumns = [
  { title: 'STATE', width: 13 },
  { title: 'TOKEN', width: 12 },
  { title: 'LOGIN', width: 11 },
  { title: 'NEXT', width: 12 },
] as const;

/** Of the columns, how many there is room for beside mark and name. */
export const columnsThatFit = (columns: number, nameWidth: number): number => {
  let room = columns - nameWidth - 6;
  let count = 0;
  for (const { width } of watchColumns) {
    room -= width;
    if (room < 0) break;
    count += 1;
  }
  return count;
};

export const watchRow = (status: ProfileStatus, isWorking: boolean, now: number): WatchRow => ({
  profile: status.profile,
  mark: status.needsPerson && status.state === 'retrying' ? 'fail' : marks[status.state],
  cells: [
    words[status.state],
    left(status.expiresAt, now),
    left(status.loginExpiresAt, now),
    next(status, isWorking, now),
  ],
});
