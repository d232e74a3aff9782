import { describe, expect, it } from 'vitest';
import type { TerminalText } from '../../src/domain/terminal/text.ts';
import { findLongLivedToken, tokenColumns } from '../../src/domain/token-mask.ts';

const secret = 'TEST_aB3-x'.repeat(9);
const token = `sk-ant-oat01-${secret}`;

const terminal = (
  lines: readonly string[],
  { columns, cursorRow = lines.length }: { columns: number; cursorRow?: number },
): TerminalText => ({
  rows: lines.map((text) => ({ text: text.padEnd(columns), wrapped: false })),
  widths: new Set([columns]),
  cursorRow,
});

/** The rows as they are shown. */
const shown = (text: TerminalText, known: string | null = null) => {
  const masked = tokenColumns(text, known);
  return text.rows.map(({ text: row }, index) =>
    [...row]
      .map((character, column) => (masked.get(index)?.has(column) ? '•' : character))
      .join('')
      .trimEnd(),
  );
};

describe('tokenColumns', () => {
  it('keeps the kind and hides the rest, of every kind', () => {
    const text = terminal(['"sk-ant-ort01-abc_DEF"', 'key sk-ant-api03-x1 end', 'sk-ant-…'], { columns: 40 });
    expect(shown(text)).toEqual(['"sk-ant-ort01-•••••••"', 'key sk-ant-api03-•• end', 'sk-ant-…']);
  });

  it('hides what a program cut and indented, and a prefix that was cut', () => {
    const text = terminal([' key=sk-an', ' t-oat01-a', ' bcdef', ''], { columns: 10 });
    expect(shown(text)).toEqual([' key=sk-an', ' t-oat01-•', ' •••••', '']);
  });

  it('hides a word too much rather than too little', () => {
    const text = terminal(['sk-ant-oat01-a', 'bcd is yours'], { columns: 14 });
    expect(shown(text)).toEqual(['sk-ant-oat01-•', '••• is yours']);
  });

  it('hides the parts of a known token wherever they got to', () => {
    const text = terminal(['', `  ${secret.slice(10, 40)} `, 'x'], { columns: 60 });
    expect(shown(text, token)).toEqual(['', `  ${'•'.repeat(30)}`, 'x']);
    expect(shown(text)).toEqual(['', `  ${secret.slice(10, 40)}`, 'x']);
  });
});

describe('findLongLivedToken', () => {
  it('finds one that was cut and indented', () => {
    const lines = [
      ` ${token.slice(0, 39)}`,
      ` ${token.slice(39, 78)}`,
      ` ${token.slice(78)}`,
      '',
      ' Store it',
    ];
    expect(findLongLivedToken(terminal(lines, { columns: 40 }))).toBe(token);
  });

  it.each([
    ['is still being written', [token.slice(0, 80)], 0],
    ['fills its row and may go on', [token], 1],
  ])('waits while it %s', (_what, lines, cursorRow) => {
    expect(findLongLivedToken(terminal(lines, { columns: token.length, cursorRow }))).toBeNull();
  });

  it('does not take the words below for a part of one that fills its row', () => {
    const lines = [token, 'Store this token', ''];
    expect(findLongLivedToken(terminal(lines, { columns: token.length, cursorRow: 2 }))).toBe(token);
  });

  it.each(['sk-ant-oat01-...', `sk-ant-ort01-${secret}`])('%s is none', (line) => {
    expect(findLongLivedToken(terminal([line, ''], { columns: 120 }))).toBeNull();
  });
});
