/** One row of a terminal, a character a column (blank cells are spaces). */
export interface TextRow {
  readonly text: string;
  /** Whether the terminal itself wrapped the row before into this one. */
  readonly wrapped: boolean;
}

/** What stands on a terminal, for searching. */
export interface TerminalText {
  readonly rows: readonly TextRow[];
  /** Every width the terminal has had, since a program cuts its lines at the one it knew. */
  readonly widths: ReadonlySet<number>;
  /** The row of `rows` that the cursor is on. */
  readonly cursorRow: number;
}

/** Characters of one row, beginning at a column. */
export interface Piece {
  readonly row: number;
  readonly column: number;
  readonly text: string;
}

/** Text that belongs together, and where it stands. */
export interface Paragraph {
  readonly text: string;
  readonly pieces: readonly Piece[];
  /** Whether its last line is full to the last column, so that it may not be over. */
  readonly full: boolean;
}

/** Whether a line goes on in the next one, where both may be it. */
export type Continuation = 'words' | 'any';

/**
 * The text with what was cut put together again: where the terminal wrapped, and where a program cut hard at the last
 * column and went on below, at the same indent, as the CLI does with links and tokens (source: recordings of 2.1.197 and
 * 2.1.330). With `words` the line below must be nothing but the rest of the word; with `any` it may go on after it.
 */
export const paragraphs = (
  { rows, widths }: TerminalText,
  continuation: Continuation,
): readonly Paragraph[] => {
  const found: Paragraph[] = [];
  let before = '';
  for (const pieces of lines(rows)) {
    const line = textOf(pieces);
    const full = widths.has(line.length);
    const last = found.at(-1);
    if (last?.full && continues(before, line, continuation)) {
      const rest = placesOf({ pieces }, indentOf(line), line.length);
      found[found.length - 1] = { text: last.text + textOf(rest), pieces: [...last.pieces, ...rest], full };
    } else {
      found.push({ text: line, pieces, full });
    }
    before = line;
  }
  return found;
};

/** Where `length` characters of a paragraph stand, row by row. */
export const placesOf = (
  { pieces }: Pick<Paragraph, 'pieces'>,
  start: number,
  length: number,
): readonly Piece[] => {
  const places: Piece[] = [];
  let at = 0;
  for (const { row, column, text } of pieces) {
    const from = Math.max(start - at, 0);
    const part = text.slice(from, Math.max(start + length - at, 0));
    if (part !== '') places.push({ row, column: column + from, text: part });
    at += text.length;
  }
  return places;
};

/** Rows as lines: those that the terminal wrapped are one, without the blanks at its end. */
const lines = (rows: readonly TextRow[]): readonly (readonly Piece[])[] => {
  const found: Piece[][] = [];
  for (const [row, { text, wrapped }] of rows.entries()) {
    const piece = { row, column: 0, text };
    if (wrapped) found.at(-1)?.push(piece);
    if (!wrapped || found.length === 0) found.push([piece]);
  }
  return found.map(withoutBlankEnd);
};

const withoutBlankEnd = (pieces: readonly Piece[]): readonly Piece[] =>
  placesOf({ pieces }, 0, textOf(pieces).trimEnd().length);

const textOf = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join('');

/** What URLs and tokens are made of (source: RFC 3986). */
const wordCharacter = /[\w\-.~:/?#[\]@!$&'()*+,;=%]/;

const indentOf = (line: string): number => line.length - line.trimStart().length;

const continues = (before: string, line: string, continuation: Continuation): boolean => {
  const word = line.trimStart();
  return (
    indentOf(before) === indentOf(line) &&
    wordCharacter.test(before.at(-1) ?? ' ') &&
    wordCharacter.test(word.at(0) ?? ' ') &&
    (continuation === 'any' || !/\s/.test(word))
  );
};
