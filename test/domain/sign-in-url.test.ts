import { describe, expect, it } from 'vitest';
import {
  falseSignInPlace,
  findFalseSignInPlace,
  findSignInUrl,
  isSignInUrl,
} from '../../src/domain/sign-in-url.ts';

const value = 'aB3_-'.repeat(9).slice(0, 43);
const query = `code=true&code_challenge=${value}&state=${value}`;

describe('isSignInUrl', () => {
  it.each([
    `https://claude.ai/oauth/authorize?${query}`,
    `https://claude.com/cai/oauth/authorize?${query}`,
    `https://console.anthropic.com/oauth/authorize?${query}`,
    `https://platform.claude.com/oauth/authorize?${query}`,
    `https://claude.ai/oauth/authorize?z-${value}`,
    `https://claude.ai/oauth/authorize?I${value}`,
  ])('%s is one', (url) => expect(isSignInUrl(url)).toBe(true));

  it.each([
    ['no https', `http://claude.ai/oauth/authorize?${query}`],
    ['a host that only begins so', `https://claude.ai.example/oauth/authorize?${query}`],
    ['a host that only ends so', `https://notclaude.ai/oauth/authorize?${query}`],
    ['a user', `https://claude.ai@example.com/oauth/authorize?${query}`],
    ['a port', `https://claude.ai:8443/oauth/authorize?${query}`],
    ['another page', `https://claude.ai/settings?${query}`],
    ['no challenge', `https://claude.ai/oauth/authorize?code=true&state=${value}`],
    ['no state', `https://claude.ai/oauth/authorize?code=true&code_challenge=${value}`],
    ['an empty state', `https://claude.ai/oauth/authorize?code_challenge=${value}&state=`],
    ['a short value cut off', `https://claude.ai/oauth/authorize?z-${value.slice(0, 20)}`],
    ['no URL', 'https://'],
    ['a change of direction in it', `https://claude.ai/oauth/authorize?${query}\u202e`],
    ['a line break in it', `https://claude.ai/oauth/\nauthorize?${query}`],
  ])('%s is none', (_what, url) => expect(isSignInUrl(url)).toBe(false));
});

it('takes the hosts of the settings, and no others', () => {
  const url = `https://login.example.org/oauth/authorize?${query}`;
  expect(isSignInUrl(url)).toBe(false);
  expect(isSignInUrl(url, ['login.example.org'])).toBe(true);
  expect(isSignInUrl(`https://claude.ai/oauth/authorize?${query}`, ['login.example.org'])).toBe(false);
});

describe('a link that wants to be taken for the sign-in', () => {
  it.each([
    [`https://claude.ai.evil.example/oauth/authorize?${query}`, 'claude.ai.evil.example'],
    [`https://claude.ai@evil.example/oauth/authorize?${query}`, 'evil.example'],
    [`https://claude.ai:8443/oauth/authorize?${query}`, 'claude.ai:8443'],
    [`http://claude.ai/oauth/authorize?${query}`, 'http://claude.ai'],
    [`https://сlaude.ai/oauth/authorize?${query}`, 'xn--laude-0ye.ai'],
    ['https://evil.example/sign-in', 'evil.example'],
    ['https://claude-login.example/', 'claude-login.example'],
    ['HTTPS://EVIL.EXAMPLE/OAUTH', 'evil.example'],
  ])('%s leads to %s', (url, place) => expect(falseSignInPlace(url)).toBe(place));

  it.each([
    `https://claude.ai/oauth/authorize?${query}`,
    'https://claude.ai/oauth/authorize?z-cut',
    'https://docs.claude.com/en/docs/claude-code/login',
    'https://support.anthropic.com/en/articles/login',
    'https://github.com/anthropics/claude-code/issues',
    'https://nodejs.org/api/tls.html',
    'file:///oauth/authorize',
    'no URL',
  ])('%s is none', (url) => expect(falseSignInPlace(url)).toBeNull());

  it('is none where the settings name its host', () => {
    const url = `https://login.example.org/oauth/authorize?${query}`;
    expect(falseSignInPlace(url)).toBe('login.example.org');
    expect(falseSignInPlace(url, ['login.example.org'])).toBeNull();
  });

  it('is found in the text of a terminal', () => {
    const row = { text: `Visit https://claude.ai.evil.example/oauth?${value} now`, wrapped: false };
    const text = { rows: [row], widths: new Set([200]), cursorRow: 0 };
    expect(findFalseSignInPlace(text)).toBe('claude.ai.evil.example');
    expect(findFalseSignInPlace({ ...text, rows: [{ text: 'nothing', wrapped: false }] })).toBeNull();
  });
});

describe('findSignInUrl', () => {
  const rows = (lines: readonly string[], columns: number) => ({
    rows: lines.map((text) => ({ text: text.padEnd(columns), wrapped: false })),
    widths: new Set([columns]),
    cursorRow: lines.length,
  });

  it('finds one that fills its last row, with words below', () => {
    const url = `https://claude.ai/oauth/authorize?z-${value}`;
    expect(findSignInUrl(rows([url, 'Paste code here'], url.length))).toBe(url);
  });

  it('takes the last of several', () => {
    const first = `https://claude.ai/oauth/authorize?z-${value}`;
    const second = `https://claude.ai/oauth/authorize?I${value}`;
    expect(findSignInUrl(rows([first, '', second, ''], 100))).toBe(second);
  });
});
