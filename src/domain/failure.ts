/** Exit statuses of the command line: 0 fine, 1 failed, 2 usage, 3 something outside is missing, 4 busy, 130 interrupted. */
export type ExitStatus = 0 | 1 | 2 | 3 | 4 | 126 | 127 | 130;

/** Every failure that a use case can report, with the exit status it leads to. One table, no branches elsewhere. */
export const failureExits = {
  usage: 2,
  'profile.unknown': 3,
  'profile.name': 2,
  'profile.exists': 1,
  'profile.project-file': 1,
  'profile.unsettled': 1,
  'directory.occupied': 1,
  'directory.unsafe': 1,
  'directory.unreadable': 1,
  'directory.unwritable': 1,
  'disk.full': 1,
  'disk.read-only': 1,
  'disk.error': 1,
  'settings.broken': 1,
  'settings.newer': 1,
  'settings.unwritable': 1,
  'engine.missing': 3,
  'engine.permission': 3,
  'engine.timeout': 1,
  'engine.lost': 1,
  'engine.refused': 1,
  'container.name-taken': 1,
  'container.missing': 1,
  'image.missing': 3,
  'image.base-missing': 1,
  'image.network': 1,
  'image.tls': 1,
  'image.disk-full': 1,
  'image.step-failed': 1,
  'image.cli-version': 1,
  'image.source-missing': 3,
  'cli.missing': 3,
  'cli.install-failed': 1,
  'cli.rejected': 1,
  'cli.timeout': 1,
  'command.missing': 127,
  'command.unusable': 126,
  'sign-in.abandoned': 1,
  'sign-in.exited-early': 1,
  'sign-in.unchanged': 1,
  'sign-in.needs-terminal': 2,
  'capture.unsafe-archive': 1,
  'capture.too-large': 1,
  'capture.truncated': 1,
  'capture.checks-failed': 1,
  'capture.interrupted': 1,
  'login.missing': 1,
  'login.malformed': 1,
  'login.expired': 1,
  'refresh.impossible': 1,
  'refresh.refused': 1,
  'refresh.unanswered': 1,
  'refresh.unusable': 1,
  'refresh.under-way': 4,
  'snapshot.missing': 1,
  'seal.locked': 1,
  'seal.damaged': 1,
  'seal.no-key': 1,
  'compose.unreadable': 1,
  'output.exists': 1,
  'output.unwritable': 1,
  'publish.refused': 1,
  'publish.owner': 1,
  'publish.unknown': 3,
  'restart.missing': 3,
  'hook.failed': 1,
  'swarm.inactive': 3,
  'swarm.service-missing': 3,
  'swarm.update-failed': 1,
  'host.browser': 1,
  'host.clipboard': 1,
  locked: 4,
  interrupted: 130,
} as const satisfies Record<string, ExitStatus>;

export type FailureCode = keyof typeof failureExits;

/** An expected failure: what happened, why, and what to do about it. Each part is one line without a full stop at its end. */
export interface Failure {
  readonly code: FailureCode;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const fail = (
  code: FailureCode,
  what: string,
  why: string,
  fix: string,
): { ok: false; failure: Failure } => ({
  ok: false,
  failure: { code, what, why, fix },
});

export const exitStatusOf = (failure: Failure): ExitStatus => failureExits[failure.code];

/** The failure as the one line that people read: what, why, fix. */
export const failureLine = ({ what, why, fix }: Failure): string => `${what}: ${why}. Fix: ${fix}`;

export const interrupted = (what: string): { ok: false; failure: Failure } =>
  fail('interrupted', what, 'it was interrupted', 'run it again; nothing was lost');
