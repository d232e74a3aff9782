import type { IBuffer, IBufferCell, IBufferLine } from '@xterm/headless';
import type { TextRow } from '../../domain/sign-in-url.ts';
import type { CellColor, CellRun, CellStyle, ScreenRow } from '../../ports/emulator.ts';

/** What stands in a masked cell. */
const maskCharacter = '•';

/** A row as text with exactly one character a column, for searching. */
export const textRow = (line: IBufferLine, columns: number): TextRow => {
  let text = '';
  for (let column = 0; column < columns; column += 1) {
    const characters = line.getCell(column)?.getChars() ?? '';
    const width = line.getCell(column)?.getWidth() ?? 1;
    // The second cell of a wide character, and whatever is no single unit, must not shift the columns.
    text += characters.length === 1 ? characters : characters === '' && width > 0 ? ' ' : '\uFFFD';
  }
  return { text, wrapped: line.isWrapped };
};

/** A row as runs of one style, masked where a token stands. */
export const styledRow = (
  buffer: IBuffer,
  line: IBufferLine,
  columns: number,
  masked: ReadonlySet<number> | undefined,
): ScreenRow => {
  const runs: CellRun[] = [];
  const cell = buffer.getNullCell();
  let text = '';
  let style: CellStyle = {};
  let key = '';
  for (let column = 0; column < columns; column += 1) {
    line.getCell(column, cell);
    if (cell.getWidth() === 0) continue;
    const nextStyle = styleOf(cell);
    const nextKey = JSON.stringify(nextStyle);
    if (nextKey !== key) {
      if (text !== '') runs.push({ text, style });
      text = '';
      style = nextStyle;
      key = nextKey;
    }
    text += masked?.has(column) ? maskCharacter : visible(cell);
  }
  if (text !== '') runs.push({ text, style });
  return { runs };
};

/** Nothing that a terminal would act on gets out of a cell. */
const visible = (cell: IBufferCell): string => {
  if (cell.isInvisible()) return ' '.repeat(cell.getWidth());
  return cell.getChars().replaceAll(/\p{Cc}/gu, '') || ' ';
};

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
