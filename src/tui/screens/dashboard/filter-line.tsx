import { Text } from '../../components/text.tsx';
import { useTheme } from '../../theme.ts';
import type { ProfileList } from './use-profile-list.ts';

/** What the list is filtered for, and how many are left. */
export const FilterLine = ({
  list: { filter, shown, rows },
  typing,
}: {
  readonly list: ProfileList;
  readonly typing: boolean;
}) => {
  const { styles, symbols } = useTheme();
  const at = [...filter.value.slice(filter.cursor)][0] ?? symbols.cursor;
  return (
    <Text wrap="truncate-start">
      <Text {...styles.accent}>{'Filter: '}</Text>
      {typing ? (
        <>
          {filter.value.slice(0, filter.cursor)}
          <Text {...styles.cursor}>{at}</Text>
          {filter.value.slice(filter.cursor + at.length)}
        </>
      ) : (
        filter.value
      )}
      <Text {...styles.faint}>{`   ${shown.length} of ${rows.length}`}</Text>
    </Text>
  );
};
