import { Box, Text } from 'ink';
import Spinner from 'ink-spinner';
import type { ReactNode } from 'react';
import { useTheme } from '../theme.ts';

/** Something that is going on. */
export const Working = ({ children }: { readonly children: ReactNode }) => {
  const { spinner, styles } = useTheme();
  return (
    <Box gap={1} flexShrink={0}>
      <Text {...styles.accent}>
        <Spinner type={spinner} />
      </Text>
      <Text>{children}</Text>
    </Box>
  );
};
