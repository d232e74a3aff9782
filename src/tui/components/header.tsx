import { Box, Text } from 'ink';
import { useTheme } from '../theme.ts';

/** The first line: the program, and what it is about. */
export const Header = ({ subject }: { readonly subject: string }) => {
  const { styles } = useTheme();
  return (
    <Box height={1} flexShrink={0} justifyContent="space-between" gap={2} paddingX={1}>
      <Text {...styles.strong}>claude-setup</Text>
      <Text {...styles.faint} wrap="truncate-start">
        {subject}
      </Text>
    </Box>
  );
};
