import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLogin, type StoredLogin } from '../../src/domain/credentials.ts';
import { toLease } from '../../src/domain/lease.ts';

/** More with CLAUDE_SETUP_TEST_RUNS, such as 100000. */
const numRuns = Number(process.env.CLAUDE_SETUP_TEST_RUNS ?? 5000);

const canary = 'sk-ant-ort01-CANARYcanaryCANARY';

const login = (more: object = {}, beside: object = {}): StoredLogin => {
  const parsed = parseLogin(
    JSON.stringify({
      claudeAiOauth: {
        accessToken: 'sk-ant-oat01-TEST',
        refreshToken: canary,
        expiresAt: 1_795_000_000_000,
        refreshTokenExpiresAt: 1_797_000_000_000,
        scopes: ['user:inference'],
        ...more,
      },
      ...beside,
    }),
  );
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.login;
};

const credentialsOf = (stored: StoredLogin) =>
  JSON.parse(toLease(stored, null).files.get('.credentials.json') ?? '');

const stateOf = (text: string, stored = login()) => toLease(stored, text).files.get('.claude.json');

describe('the credentials of a lease', () => {
  it('hold the access token and what nobody knows, and neither a refresh token nor other logins', () => {
    const stored = login({ tomorrow: { a: [1, null] } }, { mcpOAuth: { x: { refreshToken: 'other' } } });
    expect(credentialsOf(stored)).toEqual({
      claudeAiOauth: {
        accessToken: 'sk-ant-oat01-TEST',
        expiresAt: 1_795_000_000_000,
        scopes: ['user:inference'],
        tomorrow: { a: [1, null] },
      },
    });
    expect(toLease(stored, null).expiresAt).toBe(1_795_000_000_000);
  });

  it('hold no refresh token in nested objects either', () => {
    const nested = { previous: [{ refreshToken: 'older', refresh_token: 'older', accessToken: 'kept' }] };
    expect(credentialsOf(login(nested)).claudeAiOauth.previous).toEqual([{ accessToken: 'kept' }]);
  });

  it('leave the stored login as it was', () => {
    const stored = login();
    const before = structuredClone(stored);
    toLease(stored, '{}');
    expect(stored).toEqual(before);
  });
});

it('a refresh token too short to be one does not take other texts with it', () => {
  expect(credentialsOf(login({ refreshToken: 'a' })).claudeAiOauth.accessToken).toBe('sk-ant-oat01-TEST');
});

describe('the state file of a lease', () => {
  it('says the same as before when there is nothing to leave out', () => {
    const state = { hasCompletedOnboarding: true, projects: { '/app': { hasTrustDialogAccepted: true } } };
    expect(JSON.parse(stateOf(JSON.stringify(state, null, 2)) ?? '')).toEqual(state);
  });

  it('holds nothing of a name that stands twice but its last value', () => {
    expect(stateOf(`{"a":{"refreshToken":"r","x":"${canary}"},"a":1}`)).toBe('{"a":1}\n');
  });

  it('holds no key that outlives the lease', () => {
    const text = JSON.stringify({
      primaryApiKey: 'sk-ant-api03-X',
      mcpOAuth: { a: 1 },
      mcpServers: { mine: { command: 'x' } },
      note: `pasted ${canary}`,
    });
    expect(JSON.parse(stateOf(text) ?? '')).toEqual({ mcpServers: { mine: { command: 'x' } }, note: '' });
  });

  it.each([
    ['empty', ''],
    ['not JSON', `{"x": "${canary}"`],
    ['nested without end', '['.repeat(500_000)],
    ['nested too deep', `${'['.repeat(200_000)}"${canary}"${']'.repeat(200_000)}`],
  ])('is left out when it is %s', (_name, text) => {
    expect(stateOf(text)).toBeUndefined();
  });

  it('may begin with a byte order mark, as for the CLI', () => {
    expect(stateOf('\uFEFF{"a":1}')).toBe('{"a":1}\n');
  });
});

it(`the refresh token is nowhere in a lease, wherever it stood (${numRuns} runs)`, () => {
  const text = fc.oneof(fc.string(), fc.constantFrom(canary, `x${canary}y`, `"${canary}"`));
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(text, fc.constantFrom('refreshToken', 'refresh_token')), tie('value'), {
        maxKeys: 4,
      }),
    ),
  })).value;
  fc.assert(
    fc.property(value, value, (inLogin, inState) => {
      const { files } = toLease(login({ more: inLogin }, { beside: inLogin }), JSON.stringify(inState));
      for (const content of files.values()) expect(content).not.toContain('CANARY');
      expect(credentialsOf(login({ more: inLogin })).claudeAiOauth.accessToken).toBe('sk-ant-oat01-TEST');
    }),
    { numRuns },
  );
}, 600_000);
