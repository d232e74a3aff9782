import type { FindingStatus } from '../../../domain/checks/report.ts';
import { span } from '../../../domain/time.ts';
import type { ProfileStatus, WatchState } from '../../../domain/watch/state.ts';

/** One profile of the table: its mark and the cells, the widest terminal's last ones left out where there is no room. */
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
  return nextAt <= now ? 'now' : `in ${span((nextAt - now) / 1000)}`;
};

/** Heads of the cells and their widths, in the order that they are given up where there is no room. */
export const watchColumns = [
  { title: 'STATE', width: 14 },
  { title: 'TOKEN', width: 14 },
  { title: 'NEXT', width: 16 },
  { title: 'LOGIN', width: 14 },
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
    next(status, isWorking, now),
    left(status.loginExpiresAt, now),
  ],
});
