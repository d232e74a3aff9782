import * as z from 'zod/mini';

/**
 * `.credentials.json` as the CLI writes it (source: claude-cli-observed, ".credentials.json after a sign-in").
 * Unknown keys are kept: new versions of the CLI add some.
 */
const oauthSchema = z.looseObject({
  accessToken: z.string(),
  refreshToken: z.optional(z.string()),
  /** Milliseconds since the epoch. */
  expiresAt: z.number(),
  /** Milliseconds since the epoch; older versions of the CLI do not write it. */
  refreshTokenExpiresAt: z.optional(z.number()),
  scopes: z.array(z.string()),
  subscriptionType: z.optional(z.nullable(z.string())),
});

const credentialsSchema = z.looseObject({ claudeAiOauth: oauthSchema });

/** A login as captured: it may hold a refresh token, so only refresh, capture and write-back may touch it. Never handed out; see `toLease`. */
export type StoredLogin = z.infer<typeof credentialsSchema>;

/** Reads the text of a credentials file, or says in a few words what is wrong with its shape. */
export const parseLogin = (
  text: string,
): { readonly ok: true; readonly login: StoredLogin } | { readonly ok: false; readonly problem: string } => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'it is not JSON' };
  }
  const parsed = credentialsSchema.safeParse(json);
  if (parsed.success) return { ok: true, login: parsed.data };
  const issue = parsed.error.issues[0];
  return { ok: false, problem: `${issue?.path.join('.') || 'the document'} is not as the CLI writes it` };
};

/** Whether a refused refresh emptied the tokens (source: claude-cli-observed, "Refreshing"). */
export const isBlanked = (login: StoredLogin): boolean => login.claudeAiOauth.accessToken === '';

/** Whether two logins hold the same tokens; a sign-in counts only when they differ from those before it. */
export const sameTokens = (a: StoredLogin, b: StoredLogin): boolean =>
  a.claudeAiOauth.accessToken === b.claudeAiOauth.accessToken &&
  a.claudeAiOauth.refreshToken === b.claudeAiOauth.refreshToken;
