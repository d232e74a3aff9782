import { Box } from 'ink';
import { useTheme } from '../theme.ts';
import { Text } from './text.tsx';
import type { TextState } from './text-state.ts';

export interface TextFieldProps {
  readonly label: string;
  readonly text: TextState;
  readonly focused: boolean;
  /** Shown while the field is empty. */
  readonly placeholder?: string;
  /** Columns for the label, so that fields below each other line up. */
  readonly labelWidth?: number;
}

/** One line of text with its label. Whoever has the focus is marked, not only coloured. */
export const TextField = ({ label, text, focused, placeholder = '', labelWidth }: TextFieldProps) => {
  const { styles, symbols } = useTheme();
  const { value, cursor } = text;
  const at = [...value.slice(cursor)][0] ?? symbols.cursor;
  return (
    <Box gap={1} flexShrink={0} aria-role="textbox" aria-state={{ selected: focused }}>
      <Text {...styles.accent}>{focused ? symbols.pointer : ' '}</Text>
      <Box width={labelWidth} flexShrink={0}>
        <Text {...(focused ? styles.strong : {})}>{label}</Text>
      </Box>
      <Text wrap={focused ? 'wrap' : 'truncate-middle'}>
        {focused ? (
          <>
            {value.slice(0, cursor)}
            <Text {...styles.cursor}>{at}</Text>
            {value.slice(cursor + at.length)}
          </>
        ) : (
          value
        )}
        {value === '' && <Text {...styles.faint}>{placeholder}</Text>}
      </Text>
    </Box>
  );
};
