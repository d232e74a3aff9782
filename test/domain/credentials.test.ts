import { describe, expect, it } from 'vitest';
import {
  isBlanked,
  isRefreshable,
  loginExpiry,
  parseLogin,
  type StoredLogin,
  sameTokens,
  scopesOf,
  tokenExpiry,
} from '../../src/domain/credentials.ts';

const parse = (text: string): StoredLogin => {
  const parsed = parseLogin(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.login;
};

const login = (change: object = {}): StoredLogin =>
  parse(
    JSON.stringify({
      claudeAiOauth: {
        accessToken: 'sk-ant-oat01-TEST',
        refreshToken: 'sk-ant-ort01-TEST',
        expiresAt: 1_795_000_000_000,
        scopes: ['user:inference'],
        ...change,
      },
    }),
  );

describe('reading credentials', () => {
  it('keeps every key, known or not, through a round trip', () => {
    const document = {
      first: [1, { two: null }],
      claudeAiOauth: {
        accessToken: 'a',
        refreshToken: 'r',
        expiresAt: 1,
        refreshTokenExpiresAt: 2,
        scopes: ['s'],
        subscriptionType: 'max',
        rateLimitTier: 't',
        tomorrow: { x: [true] },
      },
      mcpOAuth: { server: { refreshToken: 'x' } },
    };
    expect(parse(JSON.stringify(document))).toEqual(document);
  });

  it('takes the last of two keys, as the CLI does', () => {
    const text = '{"claudeAiOauth":{"accessToken":"first","accessToken":"last"}}';
    expect(parse(text).claudeAiOauth.accessToken).toBe('last');
  });

  it('takes nothing from a __proto__ key', () => {
    const text = '{"claudeAiOauth":{"accessToken":"a","__proto__":{"scopes":["user:inference"]}}}';
    expect(scopesOf(parse(text))).toBeNull();
    expect(parseLogin('{"claudeAiOauth":{"__proto__":{"accessToken":"a"}}}').ok).toBe(false);
    expect(parseLogin('{"__proto__":{"claudeAiOauth":{"accessToken":"a"}}}').ok).toBe(false);
  });

  it.each([
    ['\uFEFF{}', 'json', 'byte order mark'],
    ['{"claudeAiOauth":{"acc', 'json', 'cut off'],
    ['{"claudeAiOauth":', 'json', 'cut off'],
    ['\0\0\0', 'json', 'NUL'],
    ['sk-ant-oat01-TEST', 'json', 'not JSON'],
    ['{"a":1}}', 'json', 'not JSON'],
    ['{"claudeAiOauth":{"expiresAt":1e}}', 'json', 'not JSON'],
    ['[]', 'shape', 'the document'],
    ['null', 'shape', 'the document'],
    ['{"claudeAiOauth":[]}', 'shape', 'claudeAiOauth'],
    ['{"claudeAiOauth":{}}', 'shape', 'claudeAiOauth.accessToken'],
    ['{"claudeAiOauth":{"accessToken":7}}', 'shape', 'claudeAiOauth.accessToken'],
    [`{"claudeAiOauth":{"accessToken":"a"},"x":${'['.repeat(101)}${']'.repeat(101)}}`, 'shape', 'nested'],
  ])('says what is wrong with %j', (text, stage, says) => {
    expect(parseLogin(text)).toMatchObject({ ok: false, stage, problem: expect.stringContaining(says) });
  });

  it('neither overflows nor dawdles over a megabyte of brackets', () => {
    const started = performance.now();
    expect(parseLogin('['.repeat(1_000_000)).ok).toBe(false);
    expect(parseLogin('{"x":'.repeat(200_000)).ok).toBe(false);
    expect(parseLogin(`${'['.repeat(500_000)}${']'.repeat(500_000)}`).ok).toBe(false);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('takes a refresh token that is no text for none, as the CLI does', () => {
    for (const refreshToken of [4, {}, [], true, null, undefined, '']) {
      expect(isRefreshable(login({ refreshToken }), 0)).toBe(false);
      expect(isBlanked(login({ refreshToken }))).toBe(false);
    }
  });
});

describe('when the access token ends', () => {
  it.each<[unknown, ReturnType<typeof tokenExpiry>]>([
    [1_795_000_000_000, { at: 1_795_000_000_000, odd: null }],
    [1_795_000_000, { at: 1_795_000_000, odd: 'seconds' }],
    ['1795000000000', { at: 1_795_000_000_000, odd: 'text' }],
    ['soon', { at: 0, odd: 'text' }],
    [-1, { at: -1, odd: 'absurd' }],
    [0, { at: 0, odd: 'absurd' }],
    [1e308, { at: 1e308, odd: 'absurd' }],
    [true, { at: 0, odd: 'absurd' }],
    [[1], { at: 0, odd: 'absurd' }],
    [null, null],
    [undefined, null],
  ])('%j is %j', (expiresAt, moment) => {
    expect(tokenExpiry(login({ expiresAt }))).toEqual(moment);
  });

  it('an endless number is no possible time', () => {
    expect(tokenExpiry(parse('{"claudeAiOauth":{"accessToken":"a","expiresAt":1e999}}'))?.odd).toBe('absurd');
  });
});

describe('whether it can be refreshed', () => {
  const now = 1_795_000_000_000;
  it.each([
    [undefined, true],
    [now + 1, true],
    [now, false],
    ['no number', true],
  ])('with refreshTokenExpiresAt %j: %j', (refreshTokenExpiresAt, refreshable) => {
    expect(isRefreshable(login({ refreshTokenExpiresAt }), now)).toBe(refreshable);
  });

  it('reads when the login itself ends', () => {
    expect(loginExpiry(login({ refreshTokenExpiresAt: now }))).toEqual({ at: now, odd: null });
    expect(loginExpiry(login())).toBeNull();
  });
});

it('compares both tokens and nothing else', () => {
  expect(sameTokens(login(), login({ expiresAt: 5 }))).toBe(true);
  expect(sameTokens(login(), login({ refreshToken: 'other' }))).toBe(false);
  expect(sameTokens(login(), login({ accessToken: 'other' }))).toBe(false);
});

it.each([
  [['user:inference', 5, null], ['user:inference']],
  [[], []],
  ['user:inference', null],
  [{}, null],
  [undefined, null],
])('the scopes %j are %j', (scopes, read) => {
  expect(scopesOf(login({ scopes }))).toEqual(read);
});
