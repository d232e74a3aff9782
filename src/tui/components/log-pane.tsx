import { Box } from 'ink';
import { useTheme } from '../theme.ts';
import { Text } from './text.tsx';

export interface LogLine {
  readonly id: number;
  readonly text: string;
}

/** The end of a log, as many lines as there is room for. Lines are cut at the width. */
export const LogPane = ({ lines }: { readonly lines: readonly LogLine[] }) => {
  const { border, styles } = useTheme();
  return (
    <Box
      flexGrow={1}
      flexShrink={1}
      minHeight={3}
      flexDirection="column"
      justifyContent="flex-end"
      overflow="hidden"
      borderStyle={border}
      borderDimColor={styles.faint.dimColor ?? false}
      paddingX={1}
    >
      {lines.slice(-60).map(({ id, text }) => (
        <Box key={id} height={1} flexShrink={0}>
          <Text wrap="truncate-end">{text}</Text>
        </Box>
      ))}
    </Box>
  );
};
