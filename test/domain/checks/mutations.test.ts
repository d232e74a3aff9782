import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reportLines } from '../../../src/cli/print-report.ts';
import type { Facts, FileFacts } from '../../../src/domain/checks/facts.ts';
import { checkIds } from '../../../src/domain/checks/report.ts';
import { runChecks } from '../../../src/domain/checks/run-checks.ts';
import { parseLogin } from '../../../src/domain/credentials.ts';
import { toLease } from '../../../src/domain/lease.ts';
import { canary, damagedLogin } from '../../support/damaged-logins.ts';

/** More with CLAUDE_SETUP_TEST_RUNS, such as 100000. */
const numRuns = Number(process.env.CLAUDE_SETUP_TEST_RUNS ?? 5000);

const file = (content: Uint8Array | null, change: Partial<FileFacts> = {}): FileFacts => ({
  kind: 'file',
  isLink: false,
  mode: 0o600,
  uid: 0,
  size: content?.length ?? 0,
  content,
  ...change,
});

const none = file(null, { kind: 'missing' });

/** Facts of a directory whose files hold anything; the login may be missing, and a long-lived token be there instead. */
const anyFacts: fc.Arbitrary<Facts> = fc
  .record({
    credentials: fc.oneof(
      { weight: 4, arbitrary: fc.oneof(damagedLogin, fc.uint8Array({ maxLength: 200 })) },
      fc.constant(null),
    ),
    beside: fc.array(fc.oneof(damagedLogin, fc.uint8Array({ maxLength: 60 })), {
      minLength: 3,
      maxLength: 3,
    }),
    now: fc.integer({ min: 0, max: 4e12 }),
    mode: fc.nat(0o7777),
  })
  .map(({ credentials, beside: [state, settings, token], now, mode }) => ({
    authDir: '/auth',
    directory: { kind: 'directory', isLink: false, mode, uid: 0, size: 0, writable: mode % 2 === 0 },
    credentials: credentials === null ? none : file(credentials, { mode }),
    state: file(state ?? null),
    settings: file(settings ?? null),
    oauthToken: file(token ?? null, { mode }),
    entries: [],
    overridingVariables: [],
    uid: 0,
    now,
    live: null,
  }));

describe('whatever the files hold', () => {
  it(`the checks neither throw nor tell a token (${numRuns} runs)`, () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const report = runChecks('dev', facts);
        expect(report.findings.map(({ id }) => id)).toEqual(checkIds);
        expect(JSON.stringify(report)).not.toContain(canary);
        const lines = reportLines(report, { color: false, unicode: true, now: facts.now, timeZone: 'UTC' });
        for (const line of lines) expect(line).not.toMatch(/\p{Cc}|CANARY/u);
      }),
      { numRuns },
    );
  }, 600_000);

  it(`a lease never holds a refresh token, and keeps what it does not know (${numRuns} runs)`, () => {
    fc.assert(
      fc.property(damagedLogin, (content) => {
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
