import { Box, useWindowSize } from 'ink';
import { type Binding, keyTitle } from '../keys.ts';
import { useTheme } from '../theme.ts';
import { Text } from './text.tsx';

export interface Hint {
  readonly key: string;
  readonly label: string;
}

export const hintsOf = (bindings: readonly Binding[]): readonly Hint[] =>
  bindings.filter(({ quiet }) => !quiet).map(({ on, label }) => ({ key: keyTitle(on[0] ?? ''), label }));

const gap = 2;

const widthOf = (hints: readonly Hint[]): number =>
  hints.reduce((sum, { key, label }) => sum + key.length + 1 + label.length + gap, -gap);

/** As many hints of the screen as fit beside the general ones, the first ones first. */
export const fittingHints = (
  own: readonly Hint[],
  general: readonly Hint[],
  columns: number,
): readonly Hint[] => {
  const shown = [...own];
  while (shown.length > 1 && widthOf([...shown, ...general]) > columns) shown.pop();
  return [...shown, ...general];
};

/** The foot of every screen. */
export const KeyHints = ({
  own,
  general,
}: {
  readonly own: readonly Hint[];
  readonly general: readonly Hint[];
}) => {
  const { columns } = useWindowSize();
  const { styles } = useTheme();
  return (
    <Box height={1} flexShrink={0} paddingX={1} gap={gap}>
      {fittingHints(own, general, columns - 2).map(({ key, label }) => (
        <Text key={`${key} ${label}`} wrap="truncate-end">
          <Text {...styles.accent}>{key}</Text> {label}
        </Text>
      ))}
    </Box>
  );
};
