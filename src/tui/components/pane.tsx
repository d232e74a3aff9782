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

/** The row with the cell at `column` in reverse, or back to normal where it is in reverse already. */
const withCursor = ({ runs }: ScreenRow, column: number): ScreenRow => {
  let at = 0;
  const cells = runs.flatMap(({ text, style }) =>
    [...text].map((character): CellRun => {
      const under = column >= at && column < at + stringWidth(character);
      at += stringWidth(character);
      return { text: character, style: under ? inverted(style) : style };
    }),
  );
  return {
    runs:
      at > column
        ? cells
        : [...cells, { text: ' '.repeat(column - at), style: {} }, { text: ' ', style: { inverse: true } }],
  };
};

const inverted = ({ inverse, ...style }: CellStyle): CellStyle =>
  inverse ? style : { ...style, inverse: true };
