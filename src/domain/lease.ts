import type { StoredLogin } from './credentials.ts';

const leaseMark: unique symbol = Symbol('lease');

/**
 * A working copy for one run: a valid access token and no refresh token, so that no holder can spend the login.
 * Only `toLease` makes one.
 */
export interface LeaseFiles {
  readonly [leaseMark]: true;
  /** Content by path relative to the config directory. */
  readonly files: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch, when the access token ends. */
  readonly expiresAt: number;
}

/**
 * Makes a lease of a stored login and, when there is one, the state file beside it.
 * The refresh token is left out wherever it stands; everything else is kept, unknown keys included.
 */
export const toLease = (login: StoredLogin, stateFile: string | null): LeaseFiles => {
  const {
    refreshToken: _spentBySomeoneElse,
    refreshTokenExpiresAt: _deadline,
    ...oauth
  } = login.claudeAiOauth;
  const files = new Map([['.credentials.json', `${JSON.stringify({ claudeAiOauth: oauth })}\n`]]);
  if (stateFile !== null) files.set('.claude.json', stateFile);
  return { [leaseMark]: true, files, expiresAt: login.claudeAiOauth.expiresAt };
};
