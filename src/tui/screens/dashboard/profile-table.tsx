import cliTruncate from 'cli-truncate';
import { Box, useWindowSize } from 'ink';
import { useMemo } from 'react';
import stringWidth from 'string-width';
import { firstShown } from '../../components/select-state.ts';
import { Spin } from '../../components/spin.tsx';
import { Text } from '../../components/text.tsx';
import { usePorts } from '../../ports-context.tsx';
import { type Theme, useTheme } from '../../theme.ts';
import { type Cells, type Column, type ColumnId, columnGap, layoutColumns } from './columns.ts';
import { cellsOf, defaultMark, type ProfileRow } from './profile-rows.ts';
import type { ProfileList } from './use-profile-list.ts';
import type { RowWork } from './use-row-work.ts';

/** The pointer of the focus and the mark of the health, each with a space. */
const marksWidth = 4;

/** How long a row says that its work is done. */
const saidForMs = 10_000;

export interface ProfileTableProps {
  readonly list: ProfileList;
  /** How many profiles are shown at once. */
  readonly height: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly works?: ReadonlyMap<string, RowWork>;
}

/** The rows of the window around the focus; the others are not drawn at all. */
export const windowOf = ({ shown, index }: ProfileList, height: number): readonly ProfileRow[] => {
  const first = firstShown(index, shown.length, height);
  return shown.slice(first, first + height);
};

/** Profiles in as many columns as there is room for. */
export const ProfileTable = ({ list, height, now, works }: ProfileTableProps) => {
  const { homeDir } = usePorts().host;
  const { columns } = useWindowSize();
  const { styles } = useTheme();
  const { rows, shown } = list;
  // By all rows and not by those in view, so that nothing moves when it is scrolled or filtered.
  const layout = useMemo(
    () =>
      layoutColumns(
        rows.map((row) => cellsOf(row, homeDir, 0)),
        columns - 2 - marksWidth,
      ),
    [rows, homeDir, columns],
  );
  const head = layout.map(({ title, width }) => padded(title, width)).join(gap);
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Text {...styles.faint} wrap="truncate-end">
        {' '.repeat(marksWidth) + head.trimEnd()}
      </Text>
      <Box flexDirection="column" height={Math.min(height, Math.max(rows.length, 1))} flexShrink={0}>
        {windowOf(list, height).map((row) => (
          <Row
            key={row.profile.name}
            row={row}
            layout={layout}
            cells={cellsOf(row, homeDir, now)}
            work={recent(works?.get(row.profile.name), now)}
            focused={row === list.focused}
          />
        ))}
        {shown.length === 0 && <Text {...styles.faint}>{`${' '.repeat(marksWidth)}No profile matches`}</Text>}
      </Box>
      <Position list={list} height={height} />
    </Box>
  );
};

/** What went well is soon said enough; a failure stands until something else is done. */
const recent = (work: RowWork | undefined, now: number): RowWork | undefined =>
  work?.status === 'done' && now - work.since > saidForMs ? undefined : work;

interface RowProps {
  readonly row: ProfileRow;
  readonly layout: readonly Column[];
  readonly cells: Cells;
  readonly work: RowWork | undefined;
  readonly focused: boolean;
}

const Row = ({ row, layout, cells, work, focused }: RowProps) => {
  const theme = useTheme();
  const { styles, symbols } = theme;
  const mark = markOf(row, work, theme);
  const health = work === undefined ? cells.health : wordsOf(work);
  const styleOf: Partial<Record<ColumnId, object>> = {
    name: focused ? styles.strong : {},
    health: mark.style,
    runtime: styles.faint,
    directory: styles.faint,
  };
  return (
    <Box height={1} flexShrink={0} aria-state={{ selected: focused }}>
      <Text wrap="truncate-end">
        <Text {...styles.accent}>{focused ? symbols.pointer : ' '} </Text>
        <Text {...mark.style}>{mark.symbol ?? <Spin />} </Text>
        {layout.map(({ id, width }, place) => (
          <Text key={id} {...styleOf[id]}>
            {(place > 0 ? gap : '') +
              padded(cut(id, id === 'health' ? health : cells[id], width, symbols.ellipsis), width)}
          </Text>
        ))}
      </Text>
    </Box>
  );
};

const wordsOf = ({ status, words }: RowWork): string =>
  ({ working: words.doing, done: words.done, failed: words.failed })[status];

/** Without a symbol where something is going on. */
const markOf = ({ report }: ProfileRow, work: RowWork | undefined, { finding, styles }: Theme) => {
  if (work?.status === 'working') return { symbol: null, style: styles.accent };
  if (work !== undefined) return finding[work.status === 'done' ? 'pass' : 'fail'];
  return finding[report?.status ?? 'skip'];
};

const Position = ({ list: { shown, index }, height }: Pick<ProfileTableProps, 'list' | 'height'>) => {
  const { styles, symbols } = useTheme();
  const first = firstShown(index, shown.length, height);
  const last = Math.min(first + height, shown.length);
  const below = shown.length - last;
  const parts = [
    `${first + 1}-${last} of ${shown.length}`,
    first > 0 ? `${symbols.more.above} ${first} more` : '',
    below > 0 ? `${symbols.more.below} ${below} more` : '',
  ];
  return (
    <Text {...styles.faint}>
      {first > 0 || below > 0 ? ' '.repeat(marksWidth) + parts.filter(Boolean).join('  ') : ' '}
    </Text>
  );
};

const gap = ' '.repeat(columnGap);

const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - stringWidth(text)));

/** The end of a path tells more than its middle, and the mark of the default tells more than the end of a name. */
const cut = (id: ColumnId, text: string, width: number, truncationCharacter: string): string => {
  if (id === 'directory') return cliTruncate(text, width, { position: 'middle', truncationCharacter });
  if (id === 'name' && text.endsWith(defaultMark) && stringWidth(text) > width) {
    const name = text.slice(0, -defaultMark.length);
    return cliTruncate(name, Math.max(1, width - defaultMark.length), { truncationCharacter }) + defaultMark;
  }
  return cliTruncate(text, width, { truncationCharacter });
};
