import { Box, Text } from 'ink';
import { useEffect, useState } from 'react';
import stringWidth from 'string-width';
import type { CellRun, CellStyle, Screen, ScreenRow } from '../../ports/emulator.ts';
import { styled } from '../terminal/sgr.ts';
import { useTheme } from '../theme.ts';

export interface PaneProps {
  readonly screen: Screen;
  readonly columns: number;
  readonly rows: number;
  /** Whether keys go to the session: only then is its cursor shown. */
  readonly focused: boolean;
}

/** A session's screen, drawn from its emulator. */
export const Pane = ({ screen, columns, rows, focused }: PaneProps) => {
  const { withColor } = useTheme();
  const [, draw] = useState(0);
  useEffect(() => screen.onChange(() => draw((count) => count + 1)), [screen]);
  const shown = screen.rows().slice(0, rows);
  const { cursor } = screen;
  const lines = shown.map((row, index) => {
    const marked = focused && cursor.visible && cursor.row === index ? withCursor(row, cursor.column) : row;
    return marked.runs.map((run) => styled(run, withColor)).join('');
  });
  return (
    <Box width={columns} height={rows} flexShrink={0} overflow="hidden">
      <Text wrap="truncate-end">{lines.join('\n')}</Text>
    </Box>
  );
};

const segmenter = new Intl.Segmenter();

/** The row with the cell at `column` in reverse, or back to normal where it is in reverse already. */
const withCursor = ({ runs }: ScreenRow, column: number): ScreenRow => {
  let at = 0;
  return {
    runs: runs.flatMap((run): readonly CellRun[] => {
      const start = at;
      at += stringWidth(run.text);
      return column >= start && column < at ? withCell(run, column - start) : [run];
    }),
  };
};

const withCell = ({ text, style }: CellRun, column: number): readonly CellRun[] => {
  let at = 0;
  for (const { segment, index } of segmenter.segment(text)) {
    at += stringWidth(segment);
    if (column >= at) continue;
    const parts: readonly CellRun[] = [
      { text: text.slice(0, index), style },
      { text: segment, style: inverted(style) },
      { text: text.slice(index + segment.length), style },
    ];
    return parts.filter((part) => part.text !== '');
  }
  return [{ text, style }];
};

const inverted = ({ inverse, ...style }: CellStyle): CellStyle =>
  inverse ? style : { ...style, inverse: true };
