import type { CheckReport, FindingStatus } from '../domain/checks/report.ts';
import { plainText } from '../domain/plain-text.ts';
import { ends, zoned } from '../domain/time.ts';
import { type StatusLook, statusMark } from './status-mark.ts';

export interface ReportLook extends StatusLook {
  /** Milliseconds since the epoch, for the relative times. */
  readonly now: number;
  /** The person's zone when left out. */
  readonly timeZone?: string;
}

/** A report for people: who is signed in and for how long, then each finding with its fix. */
export const reportLines = (report: CheckReport, look: ReportLook): readonly string[] => {
  const { profile, authDir, status, account, token } = report;
  const mark = (kind: FindingStatus) => statusMark(kind, look);
  const time = (at: string) => `${ends(Date.parse(at), look.now)} (${zoned(Date.parse(at), look.timeZone)})`;
  const who = [account.email, account.organization, account.plan && `plan ${account.plan}`]
    .filter(Boolean)
    .join(', ');
  const head: readonly (readonly [string, string | null])[] = [
    ['Profile', profile],
    ['Directory', authDir],
    ['Account', who || null],
    ['Token', token.expiresAt && `${time(token.expiresAt)}${token.refreshable ? ', can be refreshed' : ''}`],
    ['Login', token.loginExpiresAt && time(token.loginExpiresAt)],
  ];
  const known = head.flatMap(([name, value]) => (value ? [`${name.padEnd(10)} ${plainText(value)}`] : []));
  const findings = report.findings.flatMap(({ id, status: kind, summary, fix }) => [
    `${mark(kind)}  ${id.padEnd(24)} ${plainText(summary)}`,
    ...(fix ? [`${' '.repeat(8)}Fix: ${plainText(fix)}`] : []),
  ]);
  return [...known, '', ...findings, '', `${mark(status)}  ${verdicts[status]}`];
};

const more = 'docs/troubleshooting.md has a heading for each name';

/** What a report comes to, in one sentence. */
export const verdicts: Readonly<Record<CheckReport['status'], string>> = {
  pass: 'All is well',
  warn: `It works, with what is said above; ${more}`,
  fail: `It does not work until what is said above is mended; ${more}`,
};
