import type { IBuffer, IBufferCell, IBufferLine } from '@xterm/headless';
import stringWidth from 'string-width';
import type { TextRow } from '../../domain/terminal/text.ts';
import type { CellColor, CellRun, CellStyle, ScreenRow } from '../../ports/emulator.ts';

/** What stands in a masked cell. */
const maskCharacter = '•';

/** A row as text with exactly one character a column, for searching. */
export const textRow = (line: IBufferLine, columns: number): TextRow => {
  const plain = line.translateToString(false, 0, columns);
  const text = plain.length === columns && isAscii(plain) ? plain : cellByCell(line, columns);
  return { text, wrapped: line.isWrapped };
};

const cellByCell = (line: IBufferLine, columns: number): string => {
  let text = '';
  for (let column = 0; column < columns; column += 1) {
    const cell = line.getCell(column);
    const characters = cell?.getChars() ?? '';
    // The second cell of a wide character, and whatever is no single unit, must not shift the columns.
    text += characters.length === 1 ? characters : characters === '' && cell?.getWidth() ? ' ' : '\uFFFD';
  }
  return text;
};

/** A row as runs of one style, exactly as wide as the terminal, masked where a token stands. */
export const styledRow = (
  buffer: IBuffer,
  line: IBufferLine,
  columns: number,
  masked: ReadonlySet<number> | undefined,
): ScreenRow => {
  const row = runsOf(buffer, line, columns, masked, visible);
  // Characters of two cells can melt into one when they are drawn side by side: then only the plain ones are shown.
  const text = row.runs.map((run) => run.text).join('');
  if (isAscii(text) || stringWidth(text) === columns) return row;
  return runsOf(buffer, line, columns, masked, (cell) =>
    isAscii(visible(cell)) ? visible(cell) : '?'.repeat(cell.getWidth()),
  );
};

const runsOf = (
  buffer: IBuffer,
  line: IBufferLine,
  columns: number,
  masked: ReadonlySet<number> | undefined,
  show: (cell: IBufferCell) => string,
): ScreenRow => {
  const runs: CellRun[] = [];
  const cell = buffer.getNullCell();
  let text = '';
  let style: CellStyle = {};
  let key = '';
  for (let column = 0; column < columns; column += Math.max(cell.getWidth(), 1)) {
    line.getCell(column, cell);
    // Half of a wide character is left where the other one was written over or cut off by a resize.
    const isHalf = cell.getWidth() === 0 || column + cell.getWidth() > columns;
    const nextStyle = cell.isAttributeDefault() ? {} : styleOf(cell);
    const nextKey = cell.isAttributeDefault() ? '' : JSON.stringify(nextStyle);
    if (nextKey !== key) {
      if (text !== '') runs.push({ text, style });
      text = '';
      style = nextStyle;
      key = nextKey;
    }
    if (isHalf) text += ' ';
    else text += masked?.has(column) ? maskCharacter.repeat(cell.getWidth()) : show(cell);
  }
  if (text !== '') runs.push({ text, style });
  return { runs };
};

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** Nothing that a terminal would act on gets out of a cell, such as a change of direction, and nothing wider or narrower. */
const visible = (cell: IBufferCell): string => {
  const width = cell.getWidth();
  const characters = cell.getChars();
  if (characters === '' || cell.isInvisible()) return ' '.repeat(width);
  return isAscii(characters) ? characters : fitted(characters, width);
};

/** Measured once each, since a picture has thousands of them and few different ones. */
const fittings = new Map<string, string>();

const fitted = (characters: string, width: number): string => {
  const key = `${width}${characters}`;
  const before = fittings.get(key);
  if (before !== undefined) return before;
  if (fittings.size > 4096) fittings.clear();
  const [first = ''] = characters;
  const shown = [characters.replaceAll(actedOn, ''), first.replaceAll(actedOn, '')];
  const fitting = shown.find((text) => stringWidth(text) === width) ?? ' '.repeat(width);
  fittings.set(key, fitting);
  return fitting;
};

/** Everything in the category "other" but what emoji are joined with, and what breaks lines. */
const actedOn = /(?![\u200d\u{e0020}-\u{e007f}])[\p{C}\p{Zl}\p{Zp}]|\u200d$/gu;

const styleOf = (cell: IBufferCell): CellStyle => {
  const foreground = colorOf(cell.isFgPalette(), cell.isFgRGB(), cell.getFgColor());
  const background = colorOf(cell.isBgPalette(), cell.isBgRGB(), cell.getBgColor());
  return {
    ...(foreground !== null && { foreground }),
    ...(background !== null && { background }),
    ...(cell.isBold() && { bold: true as const }),
    ...(cell.isDim() && { dim: true as const }),
    ...(cell.isItalic() && { italic: true as const }),
    ...(cell.isUnderline() && { underline: true as const }),
    ...(cell.isInverse() && { inverse: true as const }),
    ...(cell.isStrikethrough() && { strikethrough: true as const }),
  };
};

const colorOf = (palette: boolean, rgb: boolean, value: number): CellColor | null => {
  if (palette) return value;
  return rgb ? `#${value.toString(16).padStart(6, '0')}` : null;
};
