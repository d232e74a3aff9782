import { paragraphs, type TerminalText } from './terminal/text.ts';

/** Hosts whose sign-in pages the CLI sends people to (source: claude-cli-observed, "Signing in"). */
const signInHosts: readonly string[] = [
  'claude.ai',
  'claude.com',
  'console.anthropic.com',
  'platform.claude.com',
];

/**
 * Whether a text is a whole sign-in URL: of a known host, by https, with what the issuer needs to answer. That is either
 * one opaque value (2.1.330: `?z-…` of `auth login`, `?I…` of `setup-token`), or spelt out, ending with the state.
 */
export const isSignInUrl = (text: string): boolean => {
  const url = URL.parse(text);
  if (url?.protocol !== 'https:' || !signInHosts.includes(url.hostname)) return false;
  if (url.port !== '' || url.username !== '' || !url.pathname.includes('oauth/authorize')) return false;
  if (/^\?[\w-]{40,}$/.test(url.search)) return true;
  return url.searchParams.has('code_challenge') && Boolean(url.searchParams.get('state'));
};

const urlPattern = /https:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+/g;

/** The last whole sign-in URL on a terminal; null when there is none. */
export const findSignInUrl = (text: TerminalText): string | null =>
  paragraphs(text, 'words')
    .flatMap((paragraph) => paragraph.text.match(urlPattern) ?? [])
    .findLast(isSignInUrl) ?? null;
