import { createHash } from 'node:crypto';
import { isBlanked, parseLogin, type StoredLogin, sameTokens, tokenExpiry } from './credentials.ts';

const workingCopyMark: unique symbol = Symbol('working copy');

/**
 * A whole login made to look expired, so that the CLI refreshes it: with its refresh token, unlike a lease. Only
 * `toWorkingCopy` makes one, and only the refresh use case asks for it.
 */
export interface WorkingCopyFiles {
  readonly [workingCopyMark]: true;
  /** Content by path relative to the config directory. */
  readonly files: ReadonlyMap<string, string>;
  /** The login that it was made of; see `loginMark`. */
  readonly base: string;
}

const day = 24 * 3600_000;

/**
 * Makes the working copy of a stored login, aged so far that no clock of a remote engine takes it for fresh. Other
 * servers' logins (`mcpOAuth`) stay behind.
 */
export const toWorkingCopy = (
  login: StoredLogin,
  stateFile: string | null,
  now: number,
): WorkingCopyFiles => {
  const oauth = { ...login.claudeAiOauth, expiresAt: now - day };
  const files = new Map([['.credentials.json', `${JSON.stringify({ claudeAiOauth: oauth })}\n`]]);
  if (stateFile !== null) files.set('.claude.json', stateFile);
  return { [workingCopyMark]: true, files, base: loginMark(login) };
};

/** The working copy for a command that is to hold the login as it is; it is not aged. */
export const toFullCopy = (login: StoredLogin, stateFile: string | null): WorkingCopyFiles => {
  const credentials = { claudeAiOauth: login.claudeAiOauth };
  const files = new Map([['.credentials.json', `${JSON.stringify(credentials)}\n`]]);
  if (stateFile !== null) files.set('.claude.json', stateFile);
  return { [workingCopyMark]: true, files, base: loginMark(login) };
};

/** Names a login by its refresh token without telling it: 24 hexadecimal digits. Another login has another one. */
export const loginMark = ({ claudeAiOauth: { refreshToken } }: StoredLogin): string =>
  createHash('sha256')
    .update(refreshToken ?? '')
    .digest('hex')
    .slice(0, 24);

/** Names both tokens of a login without telling them: another one after every refresh and sign-in. */
export const tokensMark = ({ claudeAiOauth: { accessToken, refreshToken } }: StoredLogin): string =>
  createHash('sha256')
    .update(JSON.stringify([accessToken, refreshToken ?? '']))
    .digest('hex')
    .slice(0, 24);

/** A login whose refresh was refused: somebody has to sign in again. */
export interface RefusedLogin {
  /** Which login (`loginMark`); about any other one this says nothing, so a new sign-in makes it moot. */
  readonly login: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Whether there is a refresh token at all. */
export const hasRefreshToken = ({ claudeAiOauth }: StoredLogin): boolean =>
  Boolean(claudeAiOauth.refreshToken);

/** What the CLI made of a working copy. */
export type RefreshOutcome =
  /** New tokens, merged into what was stored. */
  | { readonly kind: 'refreshed'; readonly credentials: string; readonly expiresAt: number }
  /** The issuer refused, and the CLI emptied the tokens. */
  | { readonly kind: 'refused' }
  /** As it was: the issuer was not asked, or gave no answer. */
  | { readonly kind: 'unchanged' }
  /** Nothing to adopt, and why, as the end of a sentence about the file. */
  | { readonly kind: 'unusable'; readonly problem: string };

/**
 * Judges the files of a working copy that was made of `stored`. Any new tokens in it can only come from a refresh, so
 * they are newer than what is stored whatever the length that the issuer gave them.
 */
export const judgeWorkingCopy = (
  stored: { readonly login: StoredLogin; readonly stateFile: string | null },
  found: { readonly credentials: string | null; readonly stateFile: string | null },
  now: number,
): RefreshOutcome => {
  if (found.credentials === null) return { kind: 'unchanged' };
  const parsed = parseLogin(found.credentials);
  if (!parsed.ok) return { kind: 'unusable', problem: parsed.problem };
  const { login } = parsed;
  if (isBlanked(login)) return { kind: 'refused' };
  if (sameTokens(login, stored.login)) return { kind: 'unchanged' };
  const expiry = tokenExpiry(login);
  if (!hasRefreshToken(login)) return { kind: 'unusable', problem: 'it holds no refresh token any more' };
  if (expiry === null || expiry.odd !== null || expiry.at <= now - day)
    return { kind: 'unusable', problem: 'it does not say when the new token ends' };
  const [before, after] = [accountOf(stored.stateFile), accountOf(found.stateFile)];
  if (before !== null && after !== null && before !== after)
    return { kind: 'unusable', problem: 'it belongs to another account' };
  const credentials = `${JSON.stringify({ ...stored.login, ...login })}\n`;
  return { kind: 'refreshed', credentials, expiresAt: expiry.at };
};

/**
 * The same for a copy in which a person's own command worked: that may have put other tokens there than those of a
 * refresh, so only what ends no sooner than what is stored is taken.
 */
export const unlessOlder = (outcome: RefreshOutcome, stored: StoredLogin): RefreshOutcome => {
  const expiry = tokenExpiry(stored);
  const isOlder =
    outcome.kind === 'refreshed' && expiry !== null && expiry.odd === null && outcome.expiresAt < expiry.at;
  return isOlder ? { kind: 'unusable', problem: 'its token ends before the stored one does' } : outcome;
};

/** The account's id in a state file; null when it does not say. */
export const accountOf = (stateFile: string | null): string | null => {
  try {
    const id = JSON.parse(stateFile ?? 'null')?.oauthAccount?.accountUuid;
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
};
