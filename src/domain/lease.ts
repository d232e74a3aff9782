import { type StoredLogin, tokenExpiry } from './credentials.ts';

const leaseMark: unique symbol = Symbol('lease');

/**
 * A working copy for one run: a valid access token and no refresh token, so that no holder can spend the login.
 * Only `toLease` makes one.
 */
export interface LeaseFiles {
  readonly [leaseMark]: true;
  /** Content by path relative to the config directory. */
  readonly files: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch, when the access token ends; 0 when the login does not say. */
  readonly expiresAt: number;
}

/**
 * Makes a lease of a stored login and, when there is one, the state file beside it. Only the login of the CLI itself
 * goes in, without its refresh token; unknown keys of it are kept. Other servers' logins (`mcpOAuth`) stay behind,
 * since they hold refresh tokens of their own.
 */
export const toLease = (login: StoredLogin, stateFile: string | null): LeaseFiles => {
  const { refreshToken: _single, refreshTokenExpiresAt: _deadline, ...oauth } = login.claudeAiOauth;
  const files = new Map([['.credentials.json', `${JSON.stringify({ claudeAiOauth: oauth })}\n`]]);
  if (stateFile !== null) files.set('.claude.json', stateFile);
  return { [leaseMark]: true, files, expiresAt: tokenExpiry(login)?.at ?? 0 };
};
