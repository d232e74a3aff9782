import { createHash } from 'node:crypto';

/** How a sign-in goes; empty when all goes well. */
export type Modes =
  | ''
  /** Ends with 1 before the link; `--version` still answers. */
  | 'exit-early'
  /** Shows what it would show first (nothing for `auth status`) and then reacts to nothing. */
  | 'hang'
  /** The exchange of the code is refused, exit 1. */
  | 'refused'
  /** Signs in, but leaves 0 bytes, half the text, or emptied tokens. */
  | 'empty-file'
  | 'half-file'
  | 'blanked'
  /** After a sign-in by `auth login` it stays until it is ended, as a dawdling CLI would. */
  | 'stay';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The link of a sign-in, in the shape of the real one; it leads nowhere. */
export const signInUrl =
  'https://claude.com/cai/oauth/authorize?code=true&client_id=00000000-7e57-4000-8000-000000000000&response_type=code' +
  '&redirect_uri=https%3A%2F%2Fplatform.claude.com%2Foauth%2Fcode%2Fcallback' +
  '&scope=org%3Acreate_api_key+user%3Aprofile+user%3Ainference+user%3Asessions%3Aclaude_code+user%3Amcp_servers' +
  '+user%3Afile_upload&code_challenge=Zk1wTESTchallengeTESTchallengeTESTchallenge0&code_challenge_method=S256' +
  '&state=TESTstateTESTstateTESTstateTESTstateTEST000';

/** A code as the browser shows it after a sign-in: `CODE#STATE`. */
export const looksLikeCode = (text: string): boolean => /^[^#\s]+#[^#\s]+$/.test(text);

const hourMs = 3600_000;

export interface IssuedAccount {
  readonly email: string;
  readonly organization: string;
}

/** How long what is issued is good for, in milliseconds. */
export interface IssuedLife {
  readonly tokenMs: number;
  readonly loginMs: number;
}

const usualLife: IssuedLife = { tokenMs: 8 * hourMs, loginMs: 28 * 24 * hourMs };

/** What a login of that code can be refreshed with, once. */
export const refreshSecretOf = (code: string): string => `sk-ant-ort01-TEST${digest(`refresh ${code}`)}`;

/** A login as a sign-in with that code leaves it, its tokens made up from the code. */
export const issueLogin = (
  code: string,
  { email, organization, mode = '' }: IssuedAccount & { readonly mode?: Modes },
  now: number,
  { tokenMs, loginMs }: IssuedLife = usualLife,
) => {
  const blanked = mode === 'blanked';
  const accountUuid = uuid(`account ${email}`);
  const organizationUuid = uuid(`organization ${organization}`);
  return {
    userId: digest('stand-in'),
    credentials: {
      claudeAiOauth: {
        accessToken: blanked ? '' : `sk-ant-oat01-TEST${digest(`access ${code}`)}`,
        refreshToken: blanked ? '' : refreshSecretOf(code),
        expiresAt: blanked ? 0 : now + tokenMs,
        refreshTokenExpiresAt: now + loginMs,
        scopes: ['user:inference', 'user:profile', 'user:sessions:claude_code', 'user:mcp_servers'],
        subscriptionType: 'max',
        subscriptionTypeSource: 'profile',
        rateLimitTier: 'default_claude_max_20x',
        accountUuid,
        organizationUuid,
      },
    },
    account: {
      accountUuid,
      emailAddress: email,
      organizationUuid,
      organizationName: organization,
      displayName: email.split('@')[0] ?? email,
    },
  };
};

/** A token as `claude setup-token` prints it. */
export const issueLongLived = (code: string): string =>
  `sk-ant-oat01-TEST${digest(`long ${code}`)}${digest(`lived ${code}`).slice(0, 30)}`;

const uuid = (text: string): string => {
  const hex = digest(text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
