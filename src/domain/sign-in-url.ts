/** Hosts whose sign-in pages the CLI sends people to (source: claude-cli-observed, "Signing in"). */
export const signInHosts: readonly string[] = [
  'claude.ai',
  'claude.com',
  'console.anthropic.com',
  'platform.claude.com',
];

/**
 * Whether a text is a whole sign-in URL: of a known host, by https, with what the issuer needs to answer. That is either
 * one opaque value (2.1.330: `?z-…`, seen in the image), or spelt out, ending with the state.
 */
export const isSignInUrl = (text: string): boolean => {
  const url = URL.parse(text);
  if (url?.protocol !== 'https:' || !signInHosts.includes(url.hostname)) return false;
  if (url.port !== '' || url.username !== '' || !url.pathname.includes('oauth/authorize')) return false;
  if (/^\?[\w-]{40,}$/.test(url.search)) return true;
  return url.searchParams.has('code_challenge') && Boolean(url.searchParams.get('state'));
};

/** One row of a terminal, a character a column (blank cells are spaces). */
export interface TextRow {
  readonly text: string;
  /** Whether the terminal itself wrapped the row before into this one. */
  readonly wrapped: boolean;
}

const urlCharacter = /[\w\-.~:/?#[\]@!$&'()*+,;=%]/;

/**
 * Rows joined where a word goes on: where the terminal wrapped it, and where a program cut it hard at the last column,
 * as the full-screen sign-in does. Everything else stays apart, by line breaks. `places` gives each character's row
 * and column, or null for a line break.
 */
export const joinRows = (
  rows: readonly TextRow[],
): { readonly text: string; readonly places: readonly (readonly [number, number] | null)[] } => {
  let text = '';
  const places: (readonly [number, number] | null)[] = [];
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1];
    if (before !== undefined && !continues(before, row)) {
      text += '\n';
      places.push(null);
    }
    const shown = rows[index + 1]?.wrapped ? row.text : row.text.trimEnd();
    for (let column = 0; column < shown.length; column += 1) places.push([index, column]);
    text += shown;
  }
  return { text, places };
};

const continues = (before: TextRow, row: TextRow): boolean => {
  if (row.wrapped) return true;
  // A line that the terminal wrapped was not cut by the program, so where it ends it ends.
  if (before.wrapped) return false;
  const last = before.text.at(-1) ?? ' ';
  return urlCharacter.test(last) && urlCharacter.test(row.text.at(0) ?? ' ');
};

/** The last whole sign-in URL on a terminal; null when there is none. */
export const findSignInUrl = (rows: readonly TextRow[]): string | null => {
  if (!rows.some(({ text }) => text.includes('https://'))) return null;
  const candidates = joinRows(rows).text.match(/https:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+/g) ?? [];
  return candidates.findLast(isSignInUrl) ?? null;
};
