import { type Paragraph, paragraphs, placesOf, type TerminalText } from './terminal/text.ts';

/** A token of the provider: its kind, which may be shown, and the secret part. */
const tokenPattern = /(sk-ant-[a-z]{2,8}\d{0,3}-)([\w-]+)/g;

const longLivedPattern = /sk-ant-oat\d{2}-[\w-]{40,}/g;

/** Shorter words are no telling part of a token. */
const partPattern = /[\w-]{6,}/g;

/**
 * Columns to mask, by row: every token, and wherever it got to every part of the `known` one, as when its lines were
 * moved by a resize.
 */
export const tokenColumns = (
  text: TerminalText,
  known: string | null,
): ReadonlyMap<number, ReadonlySet<number>> => {
  const masked = new Map<number, Set<number>>();
  const mask = (row: number, column: number, length: number): void => {
    const columns = masked.get(row) ?? new Set();
    for (let at = column; at < column + length; at += 1) columns.add(at);
    masked.set(row, columns);
  };
  for (const paragraph of paragraphs(text, 'any')) {
    for (const { index, 1: kind = '', 2: secret = '' } of paragraph.text.matchAll(tokenPattern)) {
      for (const place of placesOf(paragraph, index + kind.length, secret.length)) {
        mask(place.row, place.column, place.text.length);
      }
    }
  }
  const secret = known?.replace(/^sk-ant-[a-z0-9]+-/, '') ?? '';
  for (const [row, { text: line }] of text.rows.entries()) {
    for (const { index, 0: word } of line.matchAll(partPattern)) {
      if (secret.includes(word)) mask(row, index, word.length);
    }
  }
  return masked;
};

/**
 * The last long-lived token that `claude setup-token` printed, once it is there to its end; null when there is none.
 * That it ended is known by what was written below it, since it may come in pieces.
 */
export const findLongLivedToken = (text: TerminalText): string | null => {
  const tokens = paragraphs(text, 'words').flatMap((paragraph) =>
    [...paragraph.text.matchAll(longLivedPattern)]
      .filter(({ index, 0: token }) => isOver(paragraph, index + token.length, text.cursorRow))
      .map(([token]) => token),
  );
  return tokens.at(-1) ?? null;
};

const isOver = (paragraph: Paragraph, end: number, cursorRow: number): boolean => {
  if (end < paragraph.text.length) return true;
  const lastRow = paragraph.pieces.at(-1)?.row ?? 0;
  return cursorRow > lastRow + (paragraph.full ? 1 : 0);
};
