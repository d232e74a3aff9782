import { describe, expect, it } from 'vitest';
import {
  type Continuation,
  paragraphs,
  placesOf,
  type TerminalText,
} from '../../../src/domain/terminal/text.ts';

/** Rows of ten columns; `>` at the start of a row says that the terminal wrapped the one before into it. */
const terminal = (rows: readonly string[], widths: readonly number[] = [10]): TerminalText => ({
  rows: rows.map((row) => ({
    text: (row.startsWith('>') ? row.slice(1) : row).padEnd(10),
    wrapped: row.startsWith('>'),
  })),
  widths: new Set(widths),
  cursorRow: rows.length,
});

const texts = (
  rows: readonly string[],
  { continuation = 'words', widths }: { continuation?: Continuation; widths?: readonly number[] } = {},
) => paragraphs(terminal(rows, widths), continuation).map(({ text }) => text);

describe('paragraphs', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['what the terminal wrapped', ['abcdefghij', '>klm', 'n'], ['abcdefghijklm', 'n']],
    ['what a program cut at the last column', ['abcdefghij', 'klm', ''], ['abcdefghijklm', '']],
    ['the same at an indent', ['  abcdefgh', '  ijklmnop', '  q', ''], ['  abcdefghijklmnopq', '']],
  ])('puts together %s', (_what, rows, expected) => {
    expect(texts(rows)).toEqual(expected);
  });

  it.each<[string, readonly string[]]>([
    ['a line that is not full', ['abcdefghi', 'klm']],
    ['another indent', [' abcdefghi', 'klm']],
    ['a blank line between', ['abcdefghij', '', 'klm']],
    ['a line of words below', ['abcdefghij', 'klm nop']],
    ['what is no part of a word', ['abcdefghi…', 'klm']],
  ])('keeps apart at %s', (_what, rows) => {
    expect(texts(rows)).toEqual(rows);
  });

  it('takes the first word of a line of words too where too much is better than too little', () => {
    expect(texts(['abcdefghij', 'klm nop'], { continuation: 'any' })).toEqual(['abcdefghijklm nop']);
  });

  it('a wrapped line that fills its last row by chance is over there', () => {
    expect(texts(['abcdefghij', '>klmnopqrst', 'next'])).toEqual(['abcdefghijklmnopqrst', 'next']);
  });

  it('a line cut at an earlier width goes on, wrapped by the terminal since', () => {
    const rows = ['abcdefghij', '>klm', 'nop', ''];
    expect(texts(rows, { widths: [13, 10] })).toEqual(['abcdefghijklmnop', '']);
  });

  it('knows where everything stands', () => {
    const [paragraph] = paragraphs(terminal(['  abcdefgh', '  ijk']), 'words');
    if (!paragraph) throw new Error('nothing found');
    expect(placesOf(paragraph, paragraph.text.indexOf('gh'), 4)).toEqual([
      { row: 0, column: 8, text: 'gh' },
      { row: 1, column: 2, text: 'ij' },
    ]);
  });
});
