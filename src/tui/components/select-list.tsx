import { Box, type TextProps } from 'ink';
import { useState } from 'react';
import type { Binding } from '../keys.ts';
import { useTheme } from '../theme.ts';
import { HiddenRows } from './hidden-rows.tsx';
import { firstShown, moveFocus, movingBindings } from './select-state.ts';
import { Text } from './text.tsx';

export interface Choice<T> {
  readonly value: T;
  readonly label: string;
  /** Stands behind the label. */
  readonly detail: string;
  readonly mark?: { readonly symbol: string; readonly style: TextProps };
}

export interface Selection<T> {
  readonly choices: readonly Choice<T>[];
  readonly index: number;
  readonly focused: Choice<T> | undefined;
  readonly bindings: readonly Binding[];
}

/** The focus of a list. It begins at the first choice that `initially` holds for. */
export const useSelection = <T,>(
  choices: readonly Choice<T>[],
  initially: (value: T) => boolean = () => false,
): Selection<T> => {
  const [index, setIndex] = useState(() =>
    Math.max(
      0,
      choices.findIndex(({ value }) => initially(value)),
    ),
  );
  const bounded = Math.min(index, Math.max(0, choices.length - 1));
  const bindings = movingBindings('move', (key) => setIndex((now) => moveFocus(now, key, choices.length)));
  return { choices, index: bounded, focused: choices[bounded], bindings };
};

/** A list to choose from, at most `rows` choices at once. */
export const SelectList = <T,>({
  selection: { choices, index },
  rows,
  labelWidth,
}: {
  readonly selection: Selection<T>;
  readonly rows: number;
  readonly labelWidth: number;
}) => {
  const { styles, symbols } = useTheme();
  const first = firstShown(index, choices.length, rows);
  const below = choices.length - first - rows;
  return (
    <Box flexDirection="column" flexShrink={0} aria-role="list">
      {choices.slice(first, first + rows).map(({ label, detail, mark }, offset) => {
        const focused = first + offset === index;
        return (
          <Box key={`${label} ${detail}`} height={1} aria-role="listitem" aria-state={{ selected: focused }}>
            <Box width={mark ? 4 : 2} flexShrink={0} aria-hidden>
              <Text {...styles.accent}>{focused ? symbols.pointer : ' '}</Text>
              {mark && <Text {...mark.style}>{` ${mark.symbol}`}</Text>}
            </Box>
            <Box width={labelWidth} flexShrink={0}>
              <Text {...(focused ? styles.strong : {})} wrap="truncate-end">
                {label}
              </Text>
            </Box>
            <Text {...styles.faint} wrap="truncate-middle">
              {detail}
            </Text>
          </Box>
        );
      })}
      <HiddenRows above={first} below={below} />
    </Box>
  );
};
