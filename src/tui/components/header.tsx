import { Box, useWindowSize } from 'ink';
import { usePractice } from '../practice-context.ts';
import { useTheme } from '../theme.ts';
import { Text } from './text.tsx';

/** The first line: the program, and what it is about. */
export const Header = ({ subject }: { readonly subject: string }) => {
  const { styles } = useTheme();
  const practice = usePractice();
  const { columns } = useWindowSize();
  return (
    <Box height={1} flexShrink={0} justifyContent="space-between" gap={2} paddingX={1}>
      <Box flexShrink={0} gap={2}>
        {!(practice && columns < 70) && <Text {...styles.strong}>claude-setup</Text>}
        {practice && <Text {...styles.warning}>Practice: nothing here is real</Text>}
      </Box>
      <Text {...styles.faint} wrap="truncate-start">
        {subject}
      </Text>
    </Box>
  );
};
