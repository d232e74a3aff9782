import type { CheckReport } from '../domain/checks/report.ts';
import { type ReportLook, reportLines } from './print-report.ts';
import { rollUpLine, sameLoginLines } from './profile-lines.ts';

/** The reports of `check` for people; with `all` also what there is to say about them together. */
export const checkLines = (
  reports: readonly CheckReport[],
  { all, ...look }: ReportLook & { readonly all: boolean },
): readonly string[] => [
  ...reports.flatMap((report, index) => [...(index > 0 ? [''] : []), ...reportLines(report, look)]),
  ...(all ? ['', ...sameLoginLines(reports), rollUpLine(reports)] : []),
];
