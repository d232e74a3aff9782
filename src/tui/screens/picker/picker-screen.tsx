import { Box, useWindowSize } from 'ink';
import { useEffect } from 'react';
import type { Profile } from '../../../domain/profile.ts';
import { makeDefault } from '../../../usecases/profiles.ts';
import { type Leaving, useChrome } from '../../chrome.ts';
import { FailureBox } from '../../components/failure-box.tsx';
import { Page } from '../../components/page.tsx';
import { Words } from '../../components/words.tsx';
import { Working } from '../../components/working.tsx';
import { usePorts } from '../../ports-context.tsx';
import { Standalone } from '../../standalone.tsx';
import { useScope } from '../../task-scope.ts';
import { useNow } from '../../use-now.ts';
import { useTask } from '../../use-task.ts';
import { FilterLine } from '../dashboard/filter-line.tsx';
import { layoutList } from '../dashboard/list-layout.ts';
import { ProfileDetails } from '../dashboard/profile-details.tsx';
import type { ProfileRow } from '../dashboard/profile-rows.ts';
import { ProfileTable, windowOf } from '../dashboard/profile-table.tsx';
import { useProfileList } from '../dashboard/use-profile-list.ts';
import { type Profiles, useProfiles } from '../dashboard/use-profiles.ts';
import { pickerKeys } from './picker-keys.ts';

const title = 'Which profile should be the default?';
const about = 'The default profile is the one that commands are about when none is named.';

export interface PickerProps {
  readonly ending: AbortSignal;
  /** With the profile that was made the default; null when it was left as it is. */
  readonly onLeave: (leaving: Leaving, profile: string | null) => void;
}

/** Chooses the default profile: what is typed filters, Enter chooses. */
export const Picker = ({ ending, onLeave }: PickerProps) => (
  <Standalone subject="default profile" ending={ending} onLeave={(leaving) => onLeave(leaving, null)}>
    <Choosing onPicked={({ name }) => onLeave({ outcome: 'completed', interrupted: false }, name)} />
  </Standalone>
);

const Choosing = ({ onPicked }: { readonly onPicked: (profile: Profile) => void }) => {
  const profiles = useProfiles();
  const { leave } = useChrome();
  const scope = useScope();
  const { rows, failure } = profiles;
  const picked = (profile: Profile) => void scope.stop().then(() => onPicked(profile));
  if (rows !== null && rows.length > 0) return <Choices rows={rows} profiles={profiles} onPicked={picked} />;
  const giveUp = () => leave({ outcome: 'aborted', interrupted: false });
  return (
    <Page title={title} about={about} bindings={[{ on: ['escape'], label: 'leave it', run: giveUp }]}>
      {failure !== null && <FailureBox failure={failure} />}
      {failure === null && rows === null && <Working>Looking at the profiles</Working>}
      {failure === null && rows !== null && (
        <Words>There is no profile yet. Make one: claude-setup login</Words>
      )}
    </Page>
  );
};

interface ChoicesProps {
  readonly rows: readonly ProfileRow[];
  readonly profiles: Profiles;
  readonly onPicked: (profile: Profile) => void;
}

const Choices = ({ rows, profiles, onPicked }: ChoicesProps) => {
  const ports = usePorts();
  const { leave } = useChrome();
  const now = useNow(1000);
  const size = layoutList(useWindowSize().rows, rows.length);
  const list = useProfileList(rows, null);
  const choosing = useTask<Profile>();
  const { focused } = list;
  const { setInView } = profiles;
  const inView = windowOf(list, size.table);
  useEffect(() => setInView(inView.map(({ profile }) => profile.name)));

  const filtered = list.filter.value !== '';
  const bindings = pickerKeys(filtered, {
    pick: () => focused && choosing.start(() => makeDefault(ports, focused.profile.name), onPicked),
    escape: () => (filtered ? list.clear() : leave({ outcome: 'aborted', interrupted: false })),
  });
  const failure = choosing.task.status === 'failed' ? choosing.task.failure : profiles.failure;
  return (
    <Page title={title} about={about} bindings={[...bindings, ...list.bindings]} onEdit={list.edit}>
      <Box flexDirection="column" flexShrink={0}>
        <FilterLine list={list} typing />
        <ProfileTable list={list} height={size.table} now={now} />
        {failure !== null && <FailureBox failure={failure} />}
        {failure === null && focused && size.details > 0 && (
          <ProfileDetails row={focused} work={undefined} now={now} height={size.details} />
        )}
      </Box>
    </Page>
  );
};
