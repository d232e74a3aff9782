import { paragraphs, type TerminalText } from './terminal/text.ts';

/** Hosts whose sign-in pages the CLI sends people to (source: claude-cli-observed, "Signing in"). */
export const usualSignInHosts: readonly string[] = [
  'claude.ai',
  'claude.com',
  'console.anthropic.com',
  'platform.claude.com',
];

/** Nothing that is seen as something else, as a change of direction is. */
const plainUrl = /^[\x21-\x7e]{1,4096}$/;

/**
 * Whether a text is a whole sign-in URL: of a known host, by https, with what the issuer needs to answer. That is either
 * one opaque value (2.1.330: `?z-…` of `auth login`, `?I…` of `setup-token`), or spelt out, ending with the state.
 */
export const isSignInUrl = (text: string, hosts: readonly string[] = usualSignInHosts): boolean => {
  const url = plainUrl.test(text) ? URL.parse(text) : null;
  if (url === null || !isAtHome(url, hosts) || !url.pathname.includes('oauth/authorize')) return false;
  if (/^\?[\w-]{40,}$/.test(url.search)) return true;
  return url.searchParams.has('code_challenge') && Boolean(url.searchParams.get('state'));
};

const isAtHome = ({ protocol, hostname, port, username }: URL, hosts: readonly string[]): boolean =>
  protocol === 'https:' && hosts.includes(hostname) && port === '' && username === '';

/** What a page where people sign in has in its address, or one that is to be taken for one of the provider's. */
const looksLikeSignIn = /oauth|authori[sz]e|(?:sign|log)-?in|code_challenge|claude|anthropic/i;

/** Pages of the provider that are no sign-in, such as its documentation. */
const isOfProvider = ({ protocol, hostname, port, username }: URL): boolean =>
  protocol === 'https:' &&
  port === '' &&
  username === '' &&
  /(?:^|\.)(?:claude\.ai|claude\.com|anthropic\.com)$/.test(hostname);

/** The CLI's own package and program, which its texts name. */
const harmless = /^(?:www\.)?(?:github\.com|npmjs\.com|npmjs\.org)$/;

/**
 * Where a link leads that wants to be taken for a sign-in and is none of the provider's, as a person is to be told: its
 * host, with `http://` where it is not https. Null for every other text.
 */
export const falseSignInPlace = (
  text: string,
  hosts: readonly string[] = usualSignInHosts,
): string | null => {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  if (isAtHome(url, hosts) || isOfProvider(url) || harmless.test(url.hostname)) return null;
  if (!looksLikeSignIn.test(text)) return null;
  return `${url.protocol === 'http:' ? 'http://' : ''}${url.host}`.slice(0, 80);
};

/** What a person is told of such a place. */
export const falseLinkWarning = (place: string): string =>
  `${place} is no sign-in of Claude's: don't open that link, and enter nothing there`;

const urlPattern = /https:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+/g;

/** Also what looks like one, with letters of other alphabets. */
const anyUrlPattern = /https?:\/\/[^\s"'<>]+/gi;

/** The last whole sign-in URL on a terminal; null when there is none. */
export const findSignInUrl = (text: TerminalText, hosts?: readonly string[]): string | null =>
  paragraphs(text, 'words')
    .flatMap((paragraph) => paragraph.text.match(urlPattern) ?? [])
    .findLast((url) => isSignInUrl(url, hosts)) ?? null;

/** Where the last false sign-in link on a terminal leads; null when there is none. */
export const findFalseSignInPlace = (text: TerminalText, hosts?: readonly string[]): string | null =>
  paragraphs(text, 'words')
    .flatMap((paragraph) => paragraph.text.match(anyUrlPattern) ?? [])
    .map((url) => falseSignInPlace(url, hosts))
    .findLast((place) => place !== null) ?? null;
