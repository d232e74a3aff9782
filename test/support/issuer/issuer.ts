import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Certificates } from './certificates.ts';
import { type Answer, type Behaviour, Ledger, profileAnswer, rolesAnswer, usualBehaviour } from './ledger.ts';

/** One request that reached the issuer. */
export interface Call {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** Null for a connection that was dropped. */
  readonly status: number | null;
  /** `authorization_code` or `refresh_token` for the token endpoint, else null. */
  readonly grant: string | null;
}

/** What a test can do with an issuer, in this process or another one. */
export interface IssuerControl {
  /** The person's browser: the sign-in URL in, `CODE#STATE` out. Rejects when the URL is not whole. */
  authorize(signInUrl: string): Promise<string>;
  /** A sign-in that needs no CLI: the text of its `.credentials.json`, due for a refresh. */
  signIn(): Promise<string>;
  /** Every request so far, oldest first. */
  calls(): Promise<readonly Call[]>;
  /** How many requests for tokens have come, those that wait for their answer among them. */
  asked(): Promise<number>;
  /** Changes how it answers from now on; what is not named stays. */
  behave(change: Partial<Behaviour>): Promise<void>;
  /** Whether an access token is good now. */
  accepts(accessToken: string): Promise<boolean>;
  /** How often a refresh token was shown that had been spent before. */
  reuses(): Promise<number>;
  /** Every token that was ever given, refresh tokens among them. */
  given(): Promise<readonly string[]>;
}

export interface Issuer extends IssuerControl {
  readonly port: number;
  close(): Promise<void>;
}

const bodyOf = async (request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return typeof body === 'object' && body !== null ? { ...body } : {};
  } catch {
    return {};
  }
};

const bearerOf = ({ headers }: IncomingMessage): string =>
  (headers.authorization ?? '').replace(/^Bearer /, '');

/** As the provider's API answers (source: Claude API reference, "Errors"). */
const apiError = (status: number, type: string, message: string): Answer => ({
  status,
  body: { type: 'error', error: { type, message } },
});
const unauthorized = apiError(401, 'authentication_error', 'OAuth token has been revoked.');
const noModel = ({ model }: Readonly<Record<string, unknown>>): Answer =>
  apiError(404, 'not_found_error', `model: ${model}`);

/** Starts a stand-in for the provider's sign-in hosts: it answers the calls the CLI makes, and knows only made-up people. */
export const startIssuer = async (options: {
  readonly certificates: Certificates;
  readonly address: string;
  /** 0 for any free one. */
  readonly port: number;
}): Promise<Issuer> => {
  const ledger = new Ledger();
  const calls: Call[] = [];
  let behaviour = usualBehaviour;
  let asked = 0;

  const answer = async (
    request: IncomingMessage,
    path: string,
    fields: Readonly<Record<string, unknown>>,
  ) => {
    if (request.method === 'POST' && path === '/v1/oauth/token') {
      asked += 1;
      await wait(behaviour.delayMs);
      return ledger.token(fields, behaviour);
    }
    if (path === '/api/oauth/profile') {
      return ledger.accepts(bearerOf(request)) ? profileAnswer : unauthorized;
    }
    if (path === '/api/oauth/claude_cli/roles') return rolesAnswer;
    // No model is here: whoever is known is told so, and nobody else gets that far.
    if (path === '/v1/messages') return ledger.accepts(bearerOf(request)) ? noModel(fields) : unauthorized;
    return { status: 200, body: {} };
  };

  const server = createServer(
    { cert: readFileSync(options.certificates.certFile), key: readFileSync(options.certificates.keyFile) },
    async (request, response) => {
      const path = (request.url ?? '/').split('?')[0] ?? '/';
      const fields = await bodyOf(request);
      const dropped = behaviour.answer === 'down';
      // One that is down has not heard the question either, so no token is spent.
      const { status, body } = dropped ? { status: 0, body: {} } : await answer(request, path, fields);
      const grant = typeof fields.grant_type === 'string' ? fields.grant_type : null;
      const silent = dropped || (behaviour.answer === 'cut' && grant !== null);
      calls.push({
        method: request.method ?? '',
        host: request.headers.host ?? '',
        path,
        status: silent ? null : status,
        grant,
      });
      if (silent) return request.socket.destroy();
      response.writeHead(status, { 'content-type': 'application/json' });
      return response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body));
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.address, resolve);
  });

  return {
    port: (server.address() as AddressInfo).port,
    authorize: async (signInUrl) => ledger.authorize(signInUrl),
    signIn: async () => ledger.signIn(behaviour),
    asked: async () => asked,
    calls: async () => [...calls],
    behave: async (change) => {
      behaviour = { ...behaviour, ...change };
    },
    accepts: async (accessToken) => ledger.accepts(accessToken),
    reuses: async () => ledger.reuses,
    given: async () => ledger.given,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
