import { joinRows, type TextRow } from './sign-in-url.ts';

/** A token of the provider: its kind, which may be shown, and the secret part. */
const tokenPattern = /(sk-ant-[a-z]{2,8}\d{0,3}-)([\w-]+)/g;

const longLivedPattern = /sk-ant-oat\d{2}-[\w-]{40,}/g;

/** Columns to mask, by row. Empty when no token is on the terminal. */
export const tokenColumns = (rows: readonly TextRow[]): ReadonlyMap<number, ReadonlySet<number>> => {
  const masked = new Map<number, Set<number>>();
  if (!rows.some(({ text }) => text.includes('sk-'))) return masked;
  const { text, places } = joinRows(rows);
  for (const match of text.matchAll(tokenPattern)) {
    const start = match.index + (match[1]?.length ?? 0);
    for (let index = start; index < match.index + match[0].length; index += 1) {
      const place = places[index];
      if (!place) continue;
      const [row, column] = place;
      masked.set(row, (masked.get(row) ?? new Set()).add(column));
    }
  }
  return masked;
};

/** The long-lived token that `claude setup-token` printed, whole; null when there is none. */
export const findLongLivedToken = (rows: readonly TextRow[]): string | null => {
  if (!rows.some(({ text }) => text.includes('sk-ant-oat'))) return null;
  return joinRows(rows).text.match(longLivedPattern)?.at(-1) ?? null;
};
