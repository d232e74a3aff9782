/** How often a dash is escaped on its way: plain, in URLs (also twice), in JSON strings (also nested). */
const dash = String.raw`(?:-|%(?:25){0,3}2d|\\{1,8}u002d)`;

/** What a token is made of, escaped or not. */
const tokenPart = String.raw`(?:[\w.~%-]|\\{1,8}u[0-9a-f]{4}|\\{1,8}\/)`;

/** A token that a terminal cut into lines goes on at the start of the next one; no word of a text is that long. */
const nextLine = String.raw`(?:(?:\r?\n|(?:\\{1,8}r)?\\{1,8}n)[\w-]{20,})*`;

/** What stands before a name in a query or form, so that `barcode=1` is none. */
const beforeName = String.raw`(?:(?<![a-z0-9])|(?<=%(?:25){0,3}(?:3f|26|20|0a))|(?<=\\u0026))`;

const equals = '(?:=|%(?:25){0,3}3d)';

const jsonValue = String.raw`(?:[^"\\]|\\[^])*`;

/** Names whose values are secrets in any notation. */
const secretNames =
  '(?:access|refresh|id)_?token|code_?verifier|primary_?api_?key|session_?key|client_?secret|pass(?:word|wd|phrase)';

const pattern = (source: string): RegExp => new RegExp(source, 'gi');

/**
 * A kind of secret and what stands in its place. Order matters: whole URLs before the parts in them. Each pattern
 * takes time in proportion to the text: what repeats without bound may begin only where its run begins, or ends at a
 * character that it can't hold.
 */
const secrets: readonly (readonly [RegExp, string])[] = [
  // Tokens of the provider. The kind is kept: it helps and tells nothing.
  [pattern(`(sk${dash}ant${dash}[a-z]{2,8}\\d{0,3})${dash}${tokenPart}+${nextLine}`), '$1-…'],
  [pattern(`sk${dash}ant${dash}(?![a-z]{2,8}\\d{0,3}-…)${tokenPart}+${nextLine}`), 'sk-ant-…'],
  // The key of a sealed profile.
  [/AGE-SECRET-KEY-[0-9A-Z-]+/gi, 'AGE-SECRET-KEY-…'],
  // Queries and forms.
  [
    pattern(
      `(${beforeName}(?:code|state|code_challenge|${secretNames})${equals})(?:[^\\s&"'<>\\\\]|\\\\{1,8}(?:u(?!0026)[0-9a-f]{4}|/))+`,
    ),
    '$1…',
  ],
  // Variables of an environment, such as CLAUDE_CODE_OAUTH_TOKEN=…
  [/((?:_TOKEN|_KEY|_SECRET|PASSWORD|PASSWD)=["']?)[^\s"']+/g, '$1…'],
  // JSON, also inside a JSON string, and objects as JavaScript prints them.
  [pattern(`("(?:code|state|${secretNames})"\\s{0,9}:\\s{0,9}")${jsonValue}`), '$1…'],
  [
    pattern(
      `(\\\\{1,8}"(?:code|state|${secretNames})\\\\{1,8}"\\s{0,9}:\\s{0,9}\\\\{1,8}")(?:[^"\\\\]|\\\\+[^"\\\\])*`,
    ),
    '$1…',
  ],
  [pattern(`((?:${secretNames})'?\\s{0,9}[:=]\\s{0,9}')[^']*`), '$1…'],
  // Headers.
  [
    /(authorization(?:\\{0,8}["']\s{0,9}[:,]\s{0,9}\\{0,8}["']|\s{0,9}[:=]\s{0,9}))(?:(?:bearer|basic|negotiate|token)\s{1,9})?[^\s"'\\,}]+/gi,
    '$1…',
  ],
  [/(x-api-key\\{0,8}["']?\s{0,9}[:,]\s{0,9}\\{0,8}["']?)[^\s"'\\,}]+/gi, '$1…'],
  [/\b((?:bearer|basic)\s{1,9})[\w.~+/=-]{8,}/gi, '$1…'],
  // Whom and whose password a URL names, for proxies above all; also a password that holds `@` or `/`.
  [/(:\/\/)[^\s/"'<>]+@/g, '$1…@'],
  [/(:\/\/)[^\s/@:"'<>]{1,64}:(?!\d{1,5}(?:[/\s]|$))[^\s@"'<>]{1,256}@/g, '$1…@'],
  // The line that people paste: `CODE#STATE`.
  [/(?<![\w-])[\w-]{16,}(?:#|%23)[\w-]{8,}/g, '…#…'],
];

/**
 * Takes every secret out of a text: tokens, codes and states of a sign-in, authorization headers, passwords in URLs.
 * Everything that is logged or reported as an error passes through it. Doing it twice changes nothing.
 */
export const redact = (text: string): string =>
  secrets.reduce((clean, [secret, replacement]) => clean.replaceAll(secret, replacement), text);
