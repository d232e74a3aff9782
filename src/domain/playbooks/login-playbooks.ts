import type { CheckId, Finding } from '../checks/report.ts';
import { sealedAndLocked } from '../seal.ts';
import { shellQuoted } from '../shell.ts';
import { byHand, lookAgain, refreshLogin, rollBack, signInAgain, tightenPermissions } from './fixes.ts';
import type { Picture } from './picture.ts';
import type { Diagnosis, Fix, Playbook } from './playbook.ts';

const troubled = ({ report }: Picture, id: CheckId): Finding | null =>
  report?.findings.find(
    (finding) => finding.id === id && (finding.status === 'warn' || finding.status === 'fail'),
  ) ?? null;

/** A playbook that a finding leads to. The cause may say more than the finding; the finding itself is the evidence. */
const onFinding =
  (
    id: CheckId,
    cause: string | ((finding: Finding) => string),
    fixes: (picture: Picture) => readonly Fix[],
  ) =>
  (picture: Picture): Diagnosis | null => {
    const finding = troubled(picture, id);
    if (finding === null) return null;
    return {
      cause: typeof cause === 'string' ? cause : cause(finding),
      evidence: [`${finding.id}: ${finding.summary}`, `directory: ${picture.report?.authDir ?? ''}`],
      fixes: fixes(picture),
    };
  };

const again = ({ profile }: Picture): readonly Fix[] => (profile === null ? [] : [signInAgain(profile)]);
const refreshable = ({ profile, report, refusedAt }: Picture): readonly Fix[] =>
  profile !== null && report?.token.refreshable && refusedAt === null ? [refreshLogin(profile)] : [];
const againOrBack = (picture: Picture): readonly Fix[] => [...again(picture), ...rollBack(picture)];
const tighten = ({ profile }: Picture): readonly Fix[] =>
  profile === null ? [lookAgain] : [tightenPermissions(profile)];
const own = ({ report }: Picture): readonly Fix[] => [
  byHand(`sudo chown -R "$(id -u):$(id -g)" ${shellQuoted(report?.authDir ?? '.')}`),
  lookAgain,
];

const notSignedIn = onFinding(
  'credentials.present',
  'The sign-in was never finished, or the file was removed',
  againOrBack,
);
/** Of a sealed login another sign-in is not the first thing to try. */
const isAboutSeal = ({ summary }: Finding): boolean => /\bsealed\b/.test(summary);

/** One symptom, led to by one finding. */
const onCheck = (id: string, symptom: string, check: CheckId, diagnose: Playbook['diagnose']): Playbook => ({
  id,
  symptom,
  checks: [check],
  diagnose,
});

/** Trouble with a captured login, in the order of the checks, so that the first cause comes first. */
export const loginPlaybooks: readonly Playbook[] = [
  onCheck(
    'directory-missing',
    'The directory is not there',
    'directory.present',
    onFinding(
      'directory.present',
      'Nobody has signed in into this directory yet, or it was moved away',
      againOrBack,
    ),
  ),
  onCheck(
    'directory-permissions',
    'Others can read or change the directory',
    'directory.permissions',
    onFinding(
      'directory.permissions',
      ({ summary }) =>
        summary.startsWith('Others') ? 'The directory is open to other users of this machine' : summary,
      tighten,
    ),
  ),
  {
    id: 'sealed',
    symptom: 'The login is sealed and can not be opened',
    checks: ['credentials.present'],
    diagnose: (picture) => {
      const finding = troubled(picture, 'credentials.present');
      if (finding === null || !isAboutSeal(finding)) return null;
      return {
        cause: finding.summary.startsWith(sealedAndLocked)
          ? 'The login is sealed, and what opens it is not at hand, or the sealed file was damaged'
          : 'Something that works in the directory itself has written a login in plain beside the sealed one',
        evidence: [`${finding.id}: ${finding.summary}`, `directory: ${picture.report?.authDir ?? ''}`],
        fixes: [byHand(finding.fix), lookAgain, ...rollBack(picture)],
      };
    },
  },
  onCheck('credentials-missing', '.credentials.json is not there', 'credentials.present', (picture) => {
    const finding = troubled(picture, 'credentials.present');
    return finding !== null && isAboutSeal(finding) ? null : notSignedIn(picture);
  }),
  onCheck(
    'credentials-permissions',
    '"Permission denied" on .credentials.json',
    'credentials.permissions',
    onFinding('credentials.permissions', 'The mode of the credentials file is wrong', tighten),
  ),
  onCheck(
    'credentials-owner',
    'The credentials belong to another user',
    'credentials.owner',
    onFinding(
      'credentials.owner',
      'Something wrote the file as another user, most often a container that runs as root',
      own,
    ),
  ),
  onCheck(
    'credentials-empty',
    '.credentials.json has 0 bytes',
    'credentials.empty',
    onFinding(
      'credentials.empty',
      'The sign-in ended before the login was written, or a full disk cut it',
      againOrBack,
    ),
  ),
  onCheck(
    'credentials-malformed',
    '.credentials.json is cut or not JSON',
    'credentials.json',
    onFinding(
      'credentials.json',
      'The file was written half, edited by hand, or copied while it was being written',
      againOrBack,
    ),
  ),
  onCheck(
    'credentials-shape',
    '.credentials.json holds something else than a login',
    'credentials.shape',
    onFinding('credentials.shape', 'The file is JSON, but not as the Claude CLI writes it', againOrBack),
  ),
  onCheck(
    'credentials-blanked',
    'Signed out although nobody signed out',
    'credentials.blanked',
    onFinding(
      'credentials.blanked',
      'A refresh was refused, most often because another copy of this login had refreshed before, and the CLI emptied the tokens',
      again,
    ),
  ),
  onCheck(
    'credentials-scopes',
    'Signed in, but not allowed to use models or see the account',
    'credentials.scopes',
    onFinding('credentials.scopes', 'The login was made with fewer scopes than are needed', again),
  ),
  {
    id: 'refresh-refused',
    symptom: 'A refresh of the login was refused',
    checks: [],
    diagnose: (picture) =>
      picture.refusedAt === null
        ? null
        : {
            cause:
              'Another copy of this login was refreshed before, or it was signed out elsewhere, so its refresh token is spent',
            evidence: [
              `refused at ${new Date(picture.refusedAt).toISOString()}`,
              'the stored login was left as it is; it works until its access token ends',
            ],
            fixes: again(picture),
          },
  },
  onCheck(
    'token-expired',
    'The access token has expired',
    'token.expiry',
    onFinding(
      'token.expiry',
      ({ status }) =>
        status === 'warn'
          ? 'The access token has run out or soon will; the login can still be refreshed'
          : 'The access token has run out and nothing is there to refresh it with',
      (picture) => [...refreshable(picture), ...again(picture)],
    ),
  ),
  onCheck(
    'login-expired',
    'The login itself has ended',
    'token.login',
    onFinding(
      'token.login',
      'Every login ends some weeks after the sign-in, however often it was refreshed',
      again,
    ),
  ),
  onCheck(
    'onboarding',
    'The container asks for theme and sign-in again',
    'state.onboarding',
    onFinding(
      'state.onboarding',
      '.claude.json is missing beside the credentials, or the first-run screens were never finished',
      ({ report }) =>
        report === null
          ? []
          : [
              {
                label: 'mark onboarding done',
                does: [
                  `Writes hasCompletedOnboarding: true into ${report.authDir}/.claude.json and keeps everything else in it.`,
                ],
                action: { type: 'mark-onboarding', authDir: report.authDir },
              },
            ],
    ),
  ),
  onCheck(
    'auth-override',
    'The CLI uses another login than the captured one',
    'auth.override',
    onFinding('auth.override', 'A setting or a variable outranks the captured login', () => [
      byHand('Remove what the evidence names, then look again.'),
      lookAgain,
    ]),
  ),
  onCheck(
    'cli-refuses',
    'The files look right, but the CLI does not accept them',
    'cli.accepts',
    onFinding('cli.accepts', 'The real CLI was asked and did not take the login', again),
  ),
];
