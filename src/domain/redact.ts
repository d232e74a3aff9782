/** A kind of secret and what stands in its place. Order matters: whole URLs before the parts in them. */
const secrets: readonly (readonly [RegExp, string])[] = [
  // Tokens of the provider, also as they stand in JSON strings and URLs. The kind is kept: it helps and tells nothing.
  [/(sk-ant-[a-z]{2,8}\d{0,3})(?:-|%2D)[\w%.-]+/gi, '$1-…'],
  [/\bsk-ant-(?![a-z]{2,8}\d{0,3}-…)[\w%.-]+/gi, 'sk-ant-…'],
  [
    /((?:[?&]|%3F|%26|\\u0026|\b)(?:code|state|code_challenge|code_verifier|access_token|refresh_token)(?:=|%3D))[^\s&"'<>\\]+/gi,
    '$1…',
  ],
  [
    /("(?:accessToken|refreshToken|access_token|refresh_token|code_verifier|code|state)\\?"\s*:\s*\\?")[^"\\]+/g,
    '$1…',
  ],
  [/\b(authorization\s*[:=]\s*)(?:(bearer|basic)\s+)?[^\s"',}]+/gi, '$1…'],
  [/\b(bearer\s+)[\w.~+/=-]{8,}/gi, '$1…'],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1…@'],
  // The line that people paste: `CODE#STATE`.
  [/\b[\w-]{16,}#[\w-]{8,}/g, '…#…'],
];

/**
 * Takes every secret out of a text: tokens, codes and states of a sign-in, authorization headers, passwords in URLs.
 * Everything that is logged or reported as an error passes through it. Doing it twice changes nothing.
 */
export const redact = (text: string): string =>
  secrets.reduce((clean, [pattern, replacement]) => clean.replaceAll(pattern, replacement), text);
