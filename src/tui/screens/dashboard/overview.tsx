import { Box, useWindowSize } from 'ink';
import { useEffect, useReducer } from 'react';
import type { Failure } from '../../../domain/failure.ts';
import { FailureBox } from '../../components/failure-box.tsx';
import { Page } from '../../components/page.tsx';
import type { TextEdit } from '../../components/text-state.ts';
import { useLongWork } from '../../use-long-work.ts';
import { useNow } from '../../use-now.ts';
import type { WizardStart } from '../../use-wizard.ts';
import { ExportPage } from '../export/export-page.tsx';
import { RunPage } from '../run/run-page.tsx';
import { ChecksPage } from './checks-page.tsx';
import { RemovePage, RenamePage, RollBackPage } from './confirm-pages.tsx';
import { dashboardKeys } from './dashboard-keys.ts';
import { reduceDashboard } from './dashboard-state.ts';
import { FilterLine } from './filter-line.tsx';
import { layoutList } from './list-layout.ts';
import { ProfileDetails } from './profile-details.tsx';
import type { ProfileRow } from './profile-rows.ts';
import { ProfileTable, windowOf } from './profile-table.tsx';
import { RollUpLine } from './roll-up-line.tsx';
import { useProfileList } from './use-profile-list.ts';
import type { Profiles } from './use-profiles.ts';
import { useRowActions } from './use-row-actions.ts';

export const about =
  'Whether each login is fine, whose it is, and for how long. TOKEN is the access token, which a refresh renews; LOGIN is the login itself. Changes on disk show by themselves.';

export interface OverviewProps {
  readonly rows: readonly ProfileRow[];
  readonly profiles: Profiles;
  /** The profile to begin at; null for the default one. */
  readonly first: string | null;
  readonly onOpen: (wizard: WizardStart) => void;
  readonly onTroubleshoot: (profile: string | null, failure: Failure | null) => void;
}

/** The profiles in a table, and what can be done about the one that has the focus. */
export const Overview = ({ rows, profiles, first, onOpen, onTroubleshoot }: OverviewProps) => {
  const now = useNow(1000);
  const size = layoutList(useWindowSize().rows, rows.length);
  const list = useProfileList(rows, first);
  const [state, dispatch] = useReducer(reduceDashboard, { mode: 'list' });
  const row = list.focused;
  const isFiltered = list.filter.value !== '';
  const actions = useRowActions(profiles.recheck);
  const work = row && actions.works.get(row.profile.name);
  useLongWork([...actions.works.values()].some(({ status }) => status === 'working'));
  const { setInView } = profiles;
  const inView = windowOf(list, size.table);
  useEffect(() => setInView(inView.map(({ profile }) => profile.name)));

  const onRow = (act: (row: ProfileRow) => void) => () => row && act(row);
  const toList = () => dispatch({ type: 'list' });
  const bindings = dashboardKeys(
    { mode: state.mode, filtered: isFiltered, working: work?.status === 'working' },
    {
      signIn: onRow(({ profile }) =>
        onOpen({ profile: profile.name, runtime: profile.runtime, again: true }),
      ),
      refresh: onRow(({ profile }) => actions.refresh(profile)),
      check: onRow(() => dispatch({ type: 'checks' })),
      troubleshoot: onRow(({ profile }) =>
        onTroubleshoot(profile.name, work?.status === 'failed' ? work.failure : null),
      ),
      filter: () => dispatch({ type: 'filter' }),
      clearFilter: () => {
        list.clear();
        toList();
      },
      add: () => onOpen({ profile: null, runtime: null }),
      makeDefault: onRow(({ profile }) => actions.makeDefault(profile)),
      rollBack: onRow(({ profile }) =>
        actions.findSnapshot(profile, (snapshot) => dispatch({ type: 'rollback', profile, snapshot })),
      ),
      rename: onRow(({ profile }) => dispatch({ type: 'rename', profile })),
      remove: onRow(({ profile }) => dispatch({ type: 'remove', profile })),
      copyPath: onRow(({ profile }) => actions.copyPath(profile)),
      run: onRow(({ profile }) => dispatch({ type: 'run', profile })),
      useElsewhere: onRow(({ profile }) => dispatch({ type: 'export', profile })),
      toList,
      confirm: () => {
        if (state.mode === 'rollback') actions.rollBack(state.profile, state.snapshot);
        if (state.mode === 'remove') actions.remove(state.profile);
        if (state.mode === 'rename') {
          const newName = state.name.value.trim();
          actions.rename(state.profile, newName, () => list.focus(newName));
        }
        toList();
      },
    },
  );

  if (state.mode === 'checks' && row) return <ChecksPage row={row} about={about} bindings={bindings} />;
  if (state.mode === 'rename') {
    const edit = (change: TextEdit) => dispatch({ type: 'edited', edit: change });
    return <RenamePage {...state} bindings={bindings} onEdit={edit} />;
  }
  if (state.mode === 'export') return <ExportPage profile={state.profile} onBack={toList} />;
  if (state.mode === 'run') {
    const others = rows.map((other) => other.profile).filter(({ name }) => name !== state.profile.name);
    return <RunPage profiles={[state.profile, ...others]} onBack={toList} />;
  }
  if (state.mode === 'remove') return <RemovePage {...state} bindings={bindings} />;
  if (state.mode === 'rollback') return <RollBackPage {...state} bindings={bindings} />;
  return (
    <Page
      title={`Your profiles (${rows.length})`}
      about={about}
      bindings={[...bindings, ...list.bindings]}
      outcome="completed"
      {...(state.mode === 'filter' && { onEdit: list.edit })}
    >
      <Box flexDirection="column" flexShrink={0}>
        {state.mode === 'filter' || isFiltered ? (
          <FilterLine list={list} typing={state.mode === 'filter'} />
        ) : (
          <RollUpLine rows={rows} />
        )}
        <ProfileTable list={list} height={size.table} now={now} works={actions.works} />
        {profiles.failure === null ? (
          row && size.details > 0 && <ProfileDetails row={row} work={work} now={now} height={size.details} />
        ) : (
          <FailureBox failure={profiles.failure} />
        )}
      </Box>
    </Page>
  );
};
