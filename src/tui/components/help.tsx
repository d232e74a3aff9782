import { Box, Text } from 'ink';
import { type Binding, keyTitle } from '../keys.ts';
import { useTheme } from '../theme.ts';
import { Words } from './words.tsx';

/** Every key of a screen, and what the screen is for. */
export const Help = ({
  about,
  bindings,
}: {
  readonly about: string;
  readonly bindings: readonly Binding[];
}) => {
  const { styles } = useTheme();
  return (
    <Box flexDirection="column" gap={1}>
      <Words>{about}</Words>
      <Box flexDirection="column">
        {bindings.map(({ on, label }) => (
          <Box key={on.join()} gap={2}>
            <Box width={14} flexShrink={0} justifyContent="flex-end">
              <Text {...styles.accent}>{on.slice(0, 2).map(keyTitle).join(' or ')}</Text>
            </Box>
            <Text wrap="truncate-end">{label}</Text>
          </Box>
        ))}
      </Box>
      <Text {...styles.faint}>Any key closes this help.</Text>
    </Box>
  );
};
