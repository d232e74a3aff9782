import { Box, useWindowSize } from 'ink';
import { useTheme } from '../theme.ts';
import { Text } from './text.tsx';

/** A line across the terminal. */
export const Rule = () => {
  const { columns } = useWindowSize();
  const { styles, symbols } = useTheme();
  return (
    <Box height={1} flexShrink={0} aria-hidden>
      <Text {...styles.faint}>{symbols.rule.repeat(columns)}</Text>
    </Box>
  );
};
