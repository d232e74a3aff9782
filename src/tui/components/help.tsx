import { Box, useWindowSize } from 'ink';
import { useChrome } from '../chrome.ts';
import { type Binding, keyTitle } from '../keys.ts';
import { useTheme } from '../theme.ts';
import { Text } from './text.tsx';
import { useWrap } from './words.tsx';

/** Header, rule, title, a blank, another one after the text, and the foot. */
const around = 6;

/** Every key of a screen, and what the screen is for. Keys stand in as many columns as their number needs. */
export const Help = ({
  about,
  bindings,
}: {
  readonly about: string;
  readonly bindings: readonly Binding[];
}) => {
  const { styles } = useTheme();
  const { columns, rows } = useWindowSize();
  const { steps } = useChrome();
  const text = useWrap()(about);
  const keys = bindings.map(({ on, label }) => ({ key: on.slice(0, 2).map(keyTitle).join(' or '), label }));
  const height = Math.max(1, rows - around - (steps.length > 0 ? 1 : 0) - text.split('\n').length);
  const count = Math.ceil(keys.length / height);
  const perColumn = Math.ceil(keys.length / count);
  const keyWidth = count === 1 ? 14 : Math.max(...keys.map(({ key }) => key.length));
  return (
    <Box flexDirection="column" gap={1} flexShrink={0}>
      <Text>{text}</Text>
      <Box flexShrink={0}>
        {Array.from({ length: count }, (_, column) => keys.slice(column * perColumn).slice(0, perColumn)).map(
          (part) => (
            <Box
              key={part[0]?.key}
              flexDirection="column"
              flexShrink={0}
              width={Math.floor((columns - 2) / count)}
            >
              {part.map(({ key, label }) => (
                <Text key={key} wrap="truncate-end">
                  <Text {...styles.accent}>{key.padStart(keyWidth)}</Text>
                  {`  ${label}`}
                </Text>
              ))}
            </Box>
          ),
        )}
      </Box>
    </Box>
  );
};
