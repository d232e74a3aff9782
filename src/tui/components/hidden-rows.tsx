import { useTheme } from '../theme.ts';
import { Text } from './text.tsx';

/** How many rows of a list are out of sight on either side; nothing where all are seen. */
export const HiddenRows = ({ above, below }: { readonly above: number; readonly below: number }) => {
  const { styles, symbols } = useTheme();
  if (above <= 0 && below <= 0) return null;
  return (
    <Text {...styles.faint}>
      {`  ${above > 0 ? `${symbols.more.above} ${above} more` : ''}  ${below > 0 ? `${symbols.more.below} ${below} more` : ''}`}
    </Text>
  );
};
