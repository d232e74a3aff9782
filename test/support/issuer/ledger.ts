import { createHash, randomBytes } from 'node:crypto';

/** What the issuer knows and how it is to behave; every field can be changed while it runs. */
export interface Behaviour {
  /**
   * `refuse`: every grant is answered with `invalid_grant`. `error`: with 503, and nothing is spent. `down`: connections
   * end without an answer, and nothing is spent. `cut`: the same for grants, but after they were given.
   */
  readonly answer: 'normal' | 'refuse' | 'error' | 'down' | 'cut';
  /** Milliseconds before the token endpoint looks at a request; whether it is still waited for is not asked then. */
  readonly delayMs: number;
  /** Seconds an access token lives, when the request does not ask for a length of its own. */
  readonly expiresIn: number;
  /** Seconds from the sign-in until the login ends. */
  readonly loginExpiresIn: number;
}

export const usualBehaviour: Behaviour = {
  answer: 'normal',
  delayMs: 0,
  expiresIn: 8 * 3600,
  loginExpiresIn: 28 * 24 * 3600,
};

/** Who signs in here. Made up. */
export const testAccount = {
  email: 'person@example.test',
  name: 'Test Person',
  uuid: '00000000-0000-4000-8000-000000000001',
  organization: 'Example Organisation',
  organizationUuid: '00000000-0000-4000-8000-000000000002',
  plan: 'max',
} as const;

/** What the CLI asks for today. */
const usualScope = 'user:inference user:profile user:sessions:claude_code user:mcp_servers';

interface Family {
  revoked: boolean;
  readonly scope: string;
  readonly endsAt: number;
}

interface PendingCode {
  readonly challenge: string;
  readonly state: string;
  /** What the long form of the URL spells out; the short one (`?z-CHALLENGE`) does not. */
  readonly clientId?: string;
  readonly redirectUri?: string;
  readonly scope?: string;
  spent: boolean;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

const refusal = (description: string): Answer => ({
  status: 400,
  body: { error: 'invalid_grant', error_description: description },
});

/**
 * The issuer's books: codes are good once and only with the verifier of the URL they were given for; refresh tokens
 * are good once, and using a spent one revokes everything that came from the same sign-in.
 */
export class Ledger {
  readonly #codes = new Map<string, PendingCode>();
  readonly #access = new Map<string, { readonly family: Family; readonly endsAt: number }>();
  readonly #refresh = new Map<string, { readonly family: Family; spent: boolean }>();
  readonly #now: () => number;
  #reuses = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** What the person's browser does: takes the sign-in URL and gives `CODE#STATE`. Throws when the URL is not whole. */
  authorize(signInUrl: string): string {
    const url = new URL(signInUrl);
    if (url.hostname !== 'claude.com' && url.hostname !== 'claude.ai') {
      throw new Error(`a sign-in URL leads to claude.com or claude.ai, not to ${url.hostname}`);
    }
    // `z-` of a sign-in, `I` of `setup-token` (2.1.330).
    const short = /^\?(?:z-|I)([\w-]{43})$/.exec(url.search)?.[1];
    if (short !== undefined)
      return this.#remember({ challenge: short, state: randomBytes(24).toString('base64url') });
    const part = (name: string): string => {
      const value = url.searchParams.get(name);
      if (!value) throw new Error(`the sign-in URL has no ${name}: ${signInUrl}`);
      return value;
    };
    if (part('response_type') !== 'code' || part('code_challenge_method') !== 'S256') {
      throw new Error(`the sign-in URL asks for something unknown: ${signInUrl}`);
    }
    const challenge = part('code_challenge');
    if (challenge.length !== 43) throw new Error(`the code challenge is cut off: ${challenge}`);
    return this.#remember({
      challenge,
      state: part('state'),
      clientId: part('client_id'),
      redirectUri: part('redirect_uri'),
      scope: part('scope'),
    });
  }

  #remember(pending: Omit<PendingCode, 'spent'>): string {
    const code = `TESTCODE${randomBytes(24).toString('base64url')}`;
    this.#codes.set(code, { ...pending, spent: false });
    return `${code}#${pending.state}`;
  }

  /** Answers the token endpoint. */
  token(fields: Fields, behaviour: Behaviour): Answer {
    if (behaviour.answer === 'refuse') return refusal('refused, as the test asked');
    if (behaviour.answer === 'error') return { status: 503, body: { error: 'temporarily_unavailable' } };
    if (fields.grant_type === 'authorization_code') return this.#redeem(fields, behaviour);
    if (fields.grant_type === 'refresh_token') return this.#rotate(fields, behaviour);
    return { status: 400, body: { error: 'unsupported_grant_type' } };
  }

  /** A finished sign-in, without a CLI: the text of its `.credentials.json`, with an access token that has ended. */
  signIn(behaviour: Behaviour): string {
    const endsAt = this.#now() + behaviour.loginExpiresIn * 1000;
    const { body } = this.#issue({ revoked: false, scope: usualScope, endsAt }, 1);
    return JSON.stringify({
      claudeAiOauth: {
        accessToken: body.access_token,
        refreshToken: body.refresh_token,
        expiresAt: this.#now() - 60_000,
        refreshTokenExpiresAt: endsAt,
        scopes: usualScope.split(' '),
        subscriptionType: testAccount.plan,
      },
    });
  }

  /** How often a refresh token was shown that had been spent before. */
  get reuses(): number {
    return this.#reuses;
  }

  /** Every token that was ever given, refresh tokens among them. */
  get given(): readonly string[] {
    return [...this.#access.keys(), ...this.#refresh.keys()];
  }

  /** Whether an access token is good now. */
  accepts(accessToken: string): boolean {
    const entry = this.#access.get(accessToken);
    return entry !== undefined && !entry.family.revoked && entry.endsAt > this.#now();
  }

  /** Whether a refresh token would be answered with new ones. */
  refreshes(refreshToken: string): boolean {
    const entry = this.#refresh.get(refreshToken);
    return entry !== undefined && !entry.spent && !entry.family.revoked && entry.family.endsAt > this.#now();
  }

  #redeem(fields: Fields, behaviour: Behaviour): Answer {
    const pending = this.#codes.get(String(fields.code));
    if (!pending) return refusal('unknown code');
    if (pending.spent) return refusal('the code was used before');
    if (pending.clientId && fields.client_id !== pending.clientId) return refusal('another client');
    if (pending.redirectUri && fields.redirect_uri !== pending.redirectUri)
      return refusal('another redirect');
    const proof = createHash('sha256').update(String(fields.code_verifier)).digest('base64url');
    if (proof !== pending.challenge) return refusal('the code verifier does not fit');
    pending.spent = true;
    const family = {
      revoked: false,
      scope: pending.scope ?? usualScope,
      endsAt: this.#now() + behaviour.loginExpiresIn * 1000,
    };
    const asked = typeof fields.expires_in === 'number' ? fields.expires_in : behaviour.expiresIn;
    return this.#issue(family, asked);
  }

  #rotate(fields: Fields, behaviour: Behaviour): Answer {
    const entry = this.#refresh.get(String(fields.refresh_token));
    if (!entry) return refusal('unknown refresh token');
    if (entry.spent) {
      entry.family.revoked = true;
      this.#reuses += 1;
    }
    if (entry.family.revoked) return refusal('the login was revoked: a refresh token was used twice');
    if (entry.family.endsAt <= this.#now()) return refusal('the login has ended');
    entry.spent = true;
    return this.#issue(entry.family, behaviour.expiresIn);
  }

  #issue(family: Family, expiresIn: number): Answer {
    const fresh = (kind: string): string => `sk-ant-${kind}01-TEST${randomBytes(48).toString('base64url')}`;
    const accessToken = fresh('oat');
    const refreshToken = fresh('ort');
    this.#access.set(accessToken, { family, endsAt: this.#now() + expiresIn * 1000 });
    this.#refresh.set(refreshToken, { family, spent: false });
    return {
      status: 200,
      body: {
        token_type: 'Bearer',
        access_token: accessToken,
        refresh_token: refreshToken,
        expires_in: expiresIn,
        refresh_token_expires_in: Math.round((family.endsAt - this.#now()) / 1000),
        scope: family.scope,
        organization: { uuid: testAccount.organizationUuid, name: testAccount.organization },
        account: { uuid: testAccount.uuid, email_address: testAccount.email },
      },
    };
  }
}

/** What `GET /api/oauth/profile` says about the account. */
export const profileAnswer: Answer = {
  status: 200,
  body: {
    account: {
      uuid: testAccount.uuid,
      email: testAccount.email,
      full_name: testAccount.name,
      display_name: testAccount.name,
      has_claude_max: true,
      has_claude_pro: false,
    },
    organization: {
      uuid: testAccount.organizationUuid,
      name: testAccount.organization,
      organization_type: 'claude_max',
      rate_limit_tier: 'default_claude_max_20x',
      billing_type: 'stripe_subscription',
    },
  },
};

/** What `GET /api/oauth/claude_cli/roles` says; the CLI takes the organisation's name from here. */
export const rolesAnswer: Answer = {
  status: 200,
  body: {
    organization_role: 'admin',
    workspace_role: null,
    organization_name: testAccount.organization,
  },
};
