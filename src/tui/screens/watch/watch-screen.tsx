import { Box, useWindowSize } from 'ink';
import { redact } from '../../../domain/redact.ts';
import type { ProfileStatus } from '../../../domain/watch/state.ts';
import type { WatchInput } from '../../../usecases/watch.ts';
import type { Leaving } from '../../chrome.ts';
import { HiddenRows } from '../../components/hidden-rows.tsx';
import { LogPane } from '../../components/log-pane.tsx';
import { Page } from '../../components/page.tsx';
import { useSelection } from '../../components/select-list.tsx';
import { firstShown } from '../../components/select-state.ts';
import { Text } from '../../components/text.tsx';
import { Words } from '../../components/words.tsx';
import { Working } from '../../components/working.tsx';
import { Standalone } from '../../standalone.tsx';
import { useTheme } from '../../theme.ts';
import { useNow } from '../../use-now.ts';
import { useWatch } from './use-watch.ts';
import { columnsThatFit, watchColumns, watchRow } from './watch-rows.ts';

const title = 'Keeping the profiles fresh';
const about =
  'Each login is refreshed before its access token ends, and what apply has published is kept up to date. TOKEN is what is left of the access token, LOGIN of the login itself, which no refresh makes longer: sign in again before it ends. NEXT is when it is refreshed. It works as long as this is open; for a service use --plain, --json or --once.';

export interface WatchScreenProps {
  readonly input: Omit<WatchInput, 'onEvent'>;
  readonly ending: AbortSignal;
  readonly onLeave: (leaving: Leaving) => void;
}

/** The live screen of `claude-setup watch`. */
export const WatchScreen = ({ input, ending, onLeave }: WatchScreenProps) => (
  <Standalone subject="watch" stopping="Ending the watch" ending={ending} onLeave={onLeave}>
    <Live input={input} />
  </Standalone>
);

const Live = ({ input }: Pick<WatchScreenProps, 'input'>) => {
  const { picture, lines, refreshNow } = useWatch(input);
  const { rows } = useWindowSize();
  const statuses = picture?.statuses ?? [];
  const selection = useSelection(
    statuses.map((status) => ({ value: status, label: status.profile, detail: '' })),
  );
  const focused = selection.focused?.value ?? null;
  const keys = [
    { on: ['r'], label: 'refresh now', run: () => focused && refreshNow(focused.profile) },
    { on: ['R'], label: 'refresh all now', quiet: true, run: () => refreshNow(null) },
    ...selection.bindings,
  ];
  return (
    <Page title={title} about={about} bindings={keys} outcome="completed">
      {picture === null && <Working>Looking at the profiles</Working>}
      {picture !== null && statuses.length === 0 && (
        <Words>There is no profile to watch. One that is added appears here.</Words>
      )}
      {statuses.length > 0 && (
        <Table
          statuses={statuses}
          working={picture?.working ?? new Set()}
          index={selection.index}
          room={Math.max(3, rows - 14)}
        />
      )}
      {focused !== null && focused.state !== 'fresh' && <Words>{redact(focused.reason)}</Words>}
      <LogPane lines={lines} />
    </Page>
  );
};

interface TableProps {
  readonly statuses: readonly ProfileStatus[];
  readonly working: ReadonlySet<string>;
  readonly index: number;
  /** Lines. */
  readonly room: number;
}

const Table = ({ statuses, working, index, room }: TableProps) => {
  const { styles, symbols, finding } = useTheme();
  const { columns } = useWindowSize();
  const now = useNow(1000);
  const nameWidth = Math.min(24, Math.max(8, ...statuses.map(({ profile }) => profile.length)) + 2);
  const shown = columnsThatFit(columns, nameWidth);
  const first = firstShown(index, statuses.length, room);
  const below = statuses.length - first - room;
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Box height={1}>
        <Box width={4 + nameWidth} flexShrink={0}>
          <Text {...styles.faint}>{'    PROFILE'}</Text>
        </Box>
        {watchColumns.slice(0, shown).map(({ title: head, width }) => (
          <Box key={head} width={width} flexShrink={0}>
            <Text {...styles.faint}>{head}</Text>
          </Box>
        ))}
      </Box>
      {statuses.slice(first, first + room).map((status, offset) => {
        const row = watchRow(status, working.has(status.profile), now);
        const { symbol, style } = finding[row.mark];
        const isFocused = first + offset === index;
        return (
          <Box key={row.profile} height={1}>
            <Box width={4} flexShrink={0}>
              <Text {...styles.accent}>{isFocused ? symbols.pointer : ' '}</Text>
              <Text {...style}>{` ${symbol}`}</Text>
            </Box>
            <Box width={nameWidth} flexShrink={0}>
              <Text {...(isFocused ? styles.strong : {})} wrap="truncate-end">
                {row.profile}
              </Text>
            </Box>
            {watchColumns.slice(0, shown).map(({ title: head, width }, column) => (
              <Box key={head} width={width} flexShrink={0}>
                <Text wrap="truncate-end">{row.cells[column] ?? ''}</Text>
              </Box>
            ))}
          </Box>
        );
      })}
      <HiddenRows above={first} below={below} />
    </Box>
  );
};
