import { Box } from 'ink';
import type { ReactNode } from 'react';
import { useTheme } from '../theme.ts';
import { Spin } from './spin.tsx';
import { Text } from './text.tsx';

/** Something that is going on. */
export const Working = ({ children }: { readonly children: ReactNode }) => {
  const { styles } = useTheme();
  return (
    <Box gap={1}>
      <Box flexShrink={0} aria-hidden>
        <Text {...styles.accent}>
          <Spin />
        </Text>
      </Box>
      <Text>{children}</Text>
    </Box>
  );
};
