import type { CheckReport, FindingStatus } from '../domain/checks/report.ts';
import type { MountFinding } from '../domain/mounts/mounts.ts';
import { redact } from '../domain/redact.ts';
import { ends } from '../domain/time.ts';
import type { ContainerVerdict } from '../usecases/container.ts';
import type { DoctorFinding, DoctorReport } from '../usecases/doctor.ts';
import { type ReportLook, verdicts } from './print-report.ts';
import { statusMark } from './status-mark.ts';

interface Row {
  readonly status: FindingStatus;
  readonly name: string;
  readonly text: string;
  readonly fix: string;
}

/** The whole picture for people: sections of rows, each with its status, and the fix under what needs one. */
export const doctorLines = (report: DoctorReport, look: ReportLook): readonly string[] => {
  const of = (profile: string | null) => report.findings.filter((finding) => finding.profile === profile);
  const sections: readonly (readonly [string, readonly Row[]])[] = [
    ['This machine', of(null).map(findingRow)],
    [
      'Profiles',
      report.profiles.flatMap((profile) => [
        ...profileRows(profile, look.now),
        ...of(profile.profile)
          .filter(({ status }) => status !== 'pass')
          .map((finding) => ({ ...findingRow(finding), name: `${finding.profile}: ${finding.id}` })),
      ]),
    ],
    ['Mounts', report.mounts.map(mountRow)],
    ...(report.container === null ? [] : [containerSection(report.container)]),
  ];
  const width = Math.max(...sections.flatMap(([, rows]) => rows.map(({ name }) => name.length)));
  const lines = sections.flatMap(([title, rows]) =>
    rows.length === 0
      ? []
      : [
          title,
          ...rows.flatMap(({ status, name, text, fix }) => [
            `  ${statusMark(status, look)}  ${name.padEnd(width)}  ${redact(text)}`,
            ...(fix === '' ? [] : [`${' '.repeat(10)}Fix: ${redact(fix)}`]),
          ]),
          '',
        ],
  );
  return [...lines, `${statusMark(report.status, look)}  ${verdicts[report.status]}`];
};

const findingRow = ({ id, status, summary, fix }: DoctorFinding): Row => ({
  status,
  name: id,
  text: summary,
  fix,
});

const profileRows = (
  { profile, status, account, token, findings }: CheckReport,
  now: number,
): readonly Row[] => {
  const end = token.loginExpiresAt ?? token.expiresAt;
  const facts = [
    account.email ?? (status === 'fail' ? 'nobody' : 'unknown account'),
    account.plan,
    end === null ? null : ends(Date.parse(end), now),
  ];
  const troubles = findings.filter((finding) => finding.status === 'fail' || finding.status === 'warn');
  return [
    { status, name: profile ?? '', text: facts.filter(Boolean).join(', '), fix: '' },
    ...troubles.map((finding) => ({
      status: finding.status,
      name: `${profile}: ${finding.id}`,
      text: finding.summary,
      fix: finding.fix,
    })),
  ];
};

const mountRow = ({ status, service, running, summary, fix }: MountFinding): Row => ({
  status,
  name: running ? `${service} (running)` : service,
  text: summary,
  fix,
});

const containerSection = ({
  container,
  errors,
  mounts,
}: ContainerVerdict): readonly [string, readonly Row[]] => [
  `Container ${container}`,
  [
    ...errors.map(
      ({ id, cause, evidence, fix }): Row => ({
        status: 'fail',
        name: id,
        text: `${cause}. It wrote: ${evidence}`,
        fix,
      }),
    ),
    ...(errors.length > 0 ? [] : [unknownRow]),
    ...mounts.map(({ id, status, summary, fix }): Row => ({ status, name: id, text: summary, fix })),
  ],
];

const unknownRow: Row = {
  status: 'skip',
  name: 'output',
  text: 'nothing in its last 200 lines is an error of the Claude CLI that is known here',
  fix: '',
};
