import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Facts, FileFacts } from '../../../src/domain/checks/facts.ts';
import { checkIds } from '../../../src/domain/checks/report.ts';
import { runChecks } from '../../../src/domain/checks/run-checks.ts';
import { parseLogin } from '../../../src/domain/credentials.ts';
import { toLease } from '../../../src/domain/lease.ts';

/** More with CLAUDE_SETUP_TEST_RUNS, such as 100000. */
const numRuns = Number(process.env.CLAUDE_SETUP_TEST_RUNS ?? 5000);

const canary = 'CANARYcanaryCANARYcanary';

const login = {
  claudeAiOauth: {
    accessToken: `sk-ant-oat01-${canary}`,
    refreshToken: `sk-ant-ort01-${canary}`,
    expiresAt: 1_795_000_000_000,
    refreshTokenExpiresAt: 1_797_000_000_000,
    scopes: ['user:inference', 'user:profile'],
    subscriptionType: 'max',
  },
  mcpOAuth: { server: { refreshToken: canary } },
};

const file = (content: Uint8Array | null, change: Partial<FileFacts> = {}): FileFacts => ({
  kind: 'file',
  isLink: false,
  mode: 0o600,
  uid: 0,
  size: content?.length ?? 0,
  content,
  ...change,
});

const factsOf = (credentials: FileFacts, state: FileFacts, now: number): Facts => ({
  authDir: '/auth',
  directory: { kind: 'directory', isLink: false, mode: 0o700, uid: 0, size: 0, writable: true },
  credentials,
  state,
  settings: file(null, { kind: 'missing' }),
  oauthToken: file(null, { kind: 'missing' }),
  entries: [],
  overridingVariables: [],
  uid: 0,
  now,
  live: null,
});

const bytes = (text: string) => new TextEncoder().encode(text);

/** Any JSON value in the place of any key, keys taken out, and keys added. */
const mutatedJson = fc
  .record({
    path: fc.constantFrom(...Object.keys(login.claudeAiOauth), 'claudeAiOauth', 'mcpOAuth', 'other'),
    value: fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(undefined, `sk-ant-oat01-${canary}`, -1, 1e308, 1_795_000_000),
    ),
  })
  .map(({ path, value }) => {
    const oauth =
      path in login.claudeAiOauth || path === 'other'
        ? { ...login.claudeAiOauth, [path]: value }
        : login.claudeAiOauth;
    const document = {
      ...login,
      claudeAiOauth: oauth,
      ...(path.endsWith('OAuth') || path === 'claudeAiOauth' ? { [path]: value } : {}),
    };
    return bytes(JSON.stringify(document));
  });

/** Bytes of a good file cut, doubled, overwritten. */
const mutatedBytes = fc
  .record({ at: fc.nat(600), length: fc.nat(50), insert: fc.uint8Array({ maxLength: 30 }) })
  .map(({ at, length, insert }) => {
    const good = bytes(JSON.stringify(login));
    return Uint8Array.of(...good.subarray(0, at), ...insert, ...good.subarray(at + length));
  });

describe('whatever the files hold', () => {
  it(`the checks neither throw nor tell a token (${numRuns} runs)`, () => {
    fc.assert(
      fc.property(
        fc.oneof(mutatedJson, mutatedBytes, fc.uint8Array({ maxLength: 200 })),
        fc.oneof(mutatedJson, fc.uint8Array({ maxLength: 60 })),
        fc.integer({ min: 0, max: 4e12 }),
        fc.nat(0o7777),
        (credentials, state, now, mode) => {
          const report = runChecks('dev', factsOf(file(credentials, { mode }), file(state), now));
          expect(report.findings.map(({ id }) => id)).toEqual(checkIds);
          expect(JSON.stringify({ ...report, account: null, token: null })).not.toContain(canary);
          for (const { summary, fix } of report.findings) expect(`${summary}${fix}`).not.toMatch(/\p{Cc}/u);
        },
      ),
      { numRuns },
    );
  }, 600_000);

  it(`a lease never holds a refresh token, and keeps what it does not know (${numRuns} runs)`, () => {
    fc.assert(
      fc.property(fc.oneof(mutatedJson, mutatedBytes), (content) => {
        const parsed = parseLogin(new TextDecoder().decode(content));
        if (!parsed.ok) return;
        const { refreshToken } = parsed.login.claudeAiOauth;
        const given = toLease(parsed.login, null).files.get('.credentials.json') ?? '';
        expect(JSON.parse(given).claudeAiOauth).not.toHaveProperty('refreshToken');
        if (typeof refreshToken === 'string' && refreshToken.startsWith('sk-ant-ort'))
          expect(given).not.toContain(refreshToken);
      }),
      { numRuns },
    );
  }, 600_000);
});
