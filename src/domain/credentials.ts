import * as z from 'zod/mini';
import { isDeeperThan } from './json-depth.ts';

/**
 * `.credentials.json`, as tolerant as the CLI is (source: claude-cli-observed, ".credentials.json after a sign-in"):
 * it refuses only what is no such object or has no access token. Unknown keys are kept; new versions add some.
 */
const credentialsSchema = z.looseObject({
  claudeAiOauth: z.looseObject({
    accessToken: z.string(),
    /** The CLI passes over one that is no text, and so do we: nothing can be refreshed with it. */
    refreshToken: z.catch(z.optional(z.nullable(z.string())), undefined),
    expiresAt: z.optional(z.unknown()),
    refreshTokenExpiresAt: z.optional(z.unknown()),
    scopes: z.optional(z.unknown()),
    subscriptionType: z.optional(z.unknown()),
  }),
});

/** A login as captured: it may hold a refresh token, so only refresh, capture and write-back may touch it. Never handed out; see `toLease`. */
export type StoredLogin = z.infer<typeof credentialsSchema>;

export type ParsedLogin =
  | { readonly ok: true; readonly login: StoredLogin }
  /** `json`: not JSON as the CLI reads it. `shape`: JSON, but no login. */
  | { readonly ok: false; readonly stage: 'json' | 'shape'; readonly problem: string };

/** Levels. Ten times what any version of the CLI writes, and little enough to be written again. */
const deepest = 100;

/** Reads the text of a credentials file, or says in a few words what is wrong with it. */
export const parseLogin = (text: string): ParsedLogin => {
  if (text.startsWith('\uFEFF')) {
    return { ok: false, stage: 'json', problem: 'it begins with a byte order mark, which the CLI refuses' };
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { ok: false, stage: 'json', problem: unparsable(text, String(error)) };
  }
  if (isDeeperThan(json, deepest))
    return { ok: false, stage: 'shape', problem: 'it is nested deeper than any login' };
  const parsed = credentialsSchema.safeParse(json);
  if (parsed.success) return { ok: true, login: parsed.data };
  const path = parsed.error.issues[0]?.path.join('.') || 'the document';
  return { ok: false, stage: 'shape', problem: `${path} is missing or not as the CLI writes it` };
};

/** `message` is the JavaScript engine's, which says where it stopped. */
const unparsable = (text: string, message: string): string => {
  if (text.includes('\0')) return 'it holds NUL bytes, as after a crash of the machine';
  const stopped = Number(/position (\d+)/.exec(message)?.[1] ?? Number.NaN);
  const cut = /end of JSON|Unterminated/.test(message) || stopped >= text.trimEnd().length;
  return cut && text.trimStart().startsWith('{') ? 'it is cut off' : 'it is not JSON';
};

/** Whether a refused refresh emptied the tokens (source: claude-cli-observed, "Refreshing"). */
export const isBlanked = ({ claudeAiOauth: { accessToken } }: StoredLogin): boolean => accessToken === '';

/** Whether two logins hold the same tokens; a sign-in counts only when they differ from those before it. */
export const sameTokens = (a: StoredLogin, b: StoredLogin): boolean =>
  a.claudeAiOauth.accessToken === b.claudeAiOauth.accessToken &&
  a.claudeAiOauth.refreshToken === b.claudeAiOauth.refreshToken;

/** The scopes, or null when they are not a list, as the CLI needs them. What is no text in the list it passes over. */
export const scopesOf = ({ claudeAiOauth: { scopes } }: StoredLogin): readonly string[] | null =>
  Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : null;

/** A point in time as a file tells it. */
export interface Moment {
  /** Milliseconds since the epoch; what the CLI takes it for. */
  readonly at: number;
  /** What is odd about it: text instead of a number, seconds instead of milliseconds, or no possible time. */
  readonly odd: 'text' | 'seconds' | 'absurd' | null;
}

const earliest = Date.UTC(2000, 0);
const latest = Date.UTC(2200, 0);

const momentOf = (value: unknown): Moment | null => {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' && typeof value !== 'string') return { at: 0, odd: 'absurd' };
  const at = Number(value);
  if (typeof value === 'string') return { at: Number.isFinite(at) ? at : 0, odd: 'text' };
  if (at * 1000 > earliest && at * 1000 < latest) return { at, odd: 'seconds' };
  return { at, odd: at < earliest || at > latest ? 'absurd' : null };
};

/** When the access token ends; null when the file does not say. */
export const tokenExpiry = ({ claudeAiOauth }: StoredLogin): Moment | null =>
  momentOf(claudeAiOauth.expiresAt);

/** When the login itself ends, however often it is refreshed; null when the file does not say. */
export const loginExpiry = ({ claudeAiOauth }: StoredLogin): Moment | null =>
  momentOf(claudeAiOauth.refreshTokenExpiresAt);

/** Whether the CLI could get a new access token at `now`. */
export const isRefreshable = (login: StoredLogin, now: number): boolean => {
  const end = loginExpiry(login);
  return Boolean(login.claudeAiOauth.refreshToken) && (end === null || end.odd !== null || end.at > now);
};
