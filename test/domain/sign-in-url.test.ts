import { describe, expect, it } from 'vitest';
import { findSignInUrl, isSignInUrl } from '../../src/domain/sign-in-url.ts';

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
  ])('%s is none', (_what, url) => expect(isSignInUrl(url)).toBe(false));
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
