import { type StoredLogin, tokenExpiry } from './credentials.ts';
import { isDeeperThan } from './json-depth.ts';

const leaseMark: unique symbol = Symbol('lease');

/**
 * A working copy for one run: a valid access token and no refresh token, so that no holder can spend the login.
 * Only `toLease` and `toLongLivedLease` make one.
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
 * goes in; unknown keys of it are kept. Left out, wherever it stands: refresh tokens, other servers' logins
 * (`mcpOAuth`, which hold refresh tokens of their own) and keys that outlive the lease (`primaryApiKey`). See
 * docs/decisions/lease-contents.md.
 */
export const toLease = (login: StoredLogin, stateFile: string | null): LeaseFiles => {
  const { refreshTokenExpiresAt: _deadline, ...oauth } = login.claudeAiOauth;
  const secret = long(login.claudeAiOauth.refreshToken);
  const credentials = { claudeAiOauth: without(oauth, secret) };
  const files = new Map([['.credentials.json', `${JSON.stringify(credentials)}\n`]]);
  const state = stateFile === null ? null : stateWithout(stateFile, secret);
  if (state !== null) files.set('.claude.json', state);
  return { [leaseMark]: true, files, expiresAt: tokenExpiry(login)?.at ?? 0 };
};

const longLifeMs = 365 * 24 * 3600_000;

/**
 * A lease of a token of `claude setup-token`, which is for inference only and can't be refreshed. Written as a login, so
 * that it needs no environment variable. When it ends only the issuer knows: a year after it was made.
 */
export const toLongLivedLease = (token: string, stateFile: string | null, now: number): LeaseFiles => {
  const expiresAt = now + longLifeMs;
  const oauth = { accessToken: token, expiresAt, scopes: ['user:inference'] };
  const files = new Map([['.credentials.json', `${JSON.stringify({ claudeAiOauth: oauth })}\n`]]);
  const state = stateFile === null ? null : stateWithout(stateFile, null);
  if (state !== null) files.set('.claude.json', state);
  return { [leaseMark]: true, files, expiresAt };
};

/**
 * The same lease for a person's own command, with the theme screen answered: nothing else is asked of a login that is
 * there. Trust of a folder and the warning about skipped permissions stay the person's to answer.
 */
export const withoutThemeScreen = (lease: LeaseFiles): LeaseFiles => {
  const state = JSON.parse(lease.files.get('.claude.json') ?? '{}');
  if (typeof state !== 'object' || state === null || Array.isArray(state)) return lease;
  const text = `${JSON.stringify({ ...state, hasCompletedOnboarding: true })}\n`;
  return { ...lease, files: new Map([...lease.files, ['.claude.json', text]]) };
};

/** The token when it is long enough to be told from other texts; real ones have about 100 characters. */
const long = (token: string | null | undefined): string | null =>
  token && token.length >= 16 ? token : null;

/** Names whose values can be turned into new tokens, or are good for longer than a lease. */
const lasting = /^(?:refresh_?token|mcp_?oauth|primary_?api_?key)$/i;

/** A JSON value without what a lease leaves out: by its name, or because the refresh token is in it. */
const without = (value: unknown, secret: string | null): unknown => {
  const holds = (text: string): boolean => secret !== null && text.includes(secret);
  if (typeof value === 'string') return holds(value) ? '' : value;
  if (Array.isArray(value)) return value.map((part) => without(part, secret));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !lasting.test(name) && !holds(name))
      .map(([name, part]) => [name, without(part, secret)]),
  );
};

/** Levels; deeper ones can't be looked through safely. */
const deepest = 1000;

/**
 * A state file without what a lease leaves out, always written anew: of a name that stands twice only the last value is
 * looked at. Null when it can't be looked through: the CLI would not start with it, and starts well without.
 */
const stateWithout = (text: string, secret: string | null): string | null => {
  let json: unknown;
  try {
    // The CLI takes a byte order mark here.
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
  return isDeeperThan(json, deepest) ? null : `${JSON.stringify(without(json, secret))}\n`;
};
