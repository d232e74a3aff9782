/** The ids of the checks, in the order they are reported (source: design, "Command line"). */
export const checkIds = [
  'directory.present',
  'directory.permissions',
  'credentials.present',
  'credentials.permissions',
  'credentials.owner',
  'credentials.empty',
  'credentials.json',
  'credentials.shape',
  'credentials.blanked',
  'credentials.scopes',
  'token.expiry',
  'token.login',
  'state.onboarding',
  'state.files',
  'auth.override',
  'cli.accepts',
] as const;
export type CheckId = (typeof checkIds)[number];

export type FindingStatus = 'pass' | 'warn' | 'fail' | 'skip';

/** The result of one check. `fix` is empty when there is nothing to do. */
export interface Finding {
  readonly id: CheckId;
  readonly status: FindingStatus;
  readonly summary: string;
  readonly fix: string;
}

export type Health = 'pass' | 'warn' | 'fail';

/** What `check --json` prints, its keys in this order. Times are ISO 8601 in UTC; null where the files do not say. */
export interface CheckReport {
  readonly profile: string | null;
  readonly authDir: string;
  readonly status: Health;
  readonly account: {
    readonly email: string | null;
    readonly organization: string | null;
    readonly plan: string | null;
  };
  readonly token: {
    readonly expiresAt: string | null;
    readonly expiresInSeconds: number | null;
    readonly loginExpiresAt: string | null;
    readonly refreshable: boolean;
    readonly scopes: readonly string[];
  };
  readonly findings: readonly Finding[];
}
