import { Box, useWindowSize } from 'ink';
import type { Failure } from '../../../domain/failure.ts';
import { FailureBox } from '../../components/failure-box.tsx';
import { Message } from '../../components/message.tsx';
import { Page } from '../../components/page.tsx';
import { SelectList, useSelection } from '../../components/select-list.tsx';
import { Text } from '../../components/text.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { TextEdit } from '../../components/text-state.ts';
import { Words } from '../../components/words.tsx';
import { usePorts } from '../../ports-context.tsx';
import { useTheme } from '../../theme.ts';
import { choiceText, type KnownProfile, type ProfileChoice, profileChoices } from './profile-choices.ts';
import { type ProfileActions, profileKeys } from './profile-keys.ts';
import { type ProfileState, shortPath } from './profile-state.ts';

export const profileAbout =
  'A profile is a named login: its name, and the directory on this machine that holds it. Use one for each place that signs in on its own, such as development and staging.';

interface ListProps {
  readonly known: readonly KnownProfile[];
  /** The profile to begin at. */
  readonly chosen: string | null;
  readonly failure: Failure | null;
  readonly choose: (choice: ProfileChoice | undefined) => void;
  readonly actions: Omit<ProfileActions, 'choose'>;
}

export const ProfileList = ({ known, chosen, failure, choose, actions }: ListProps) => {
  const { host } = usePorts();
  const { rows } = useWindowSize();
  const choices = profileChoices(known, host, useTheme());
  const selection = useSelection(
    choices,
    (choice) => choice.kind === 'existing' && choice.profile.name === chosen,
  );
  const act = { ...actions, choose: () => choose(selection.focused?.value) };
  const bindings = [...profileKeys({ mode: 'list' }, act), ...selection.bindings];
  return (
    <Page title="Which login is this for?" about={profileAbout} bindings={bindings}>
      <Words>A profile is a named login with a directory of its own. Choose one, or make a new one.</Words>
      <SelectList selection={selection} rows={Math.max(4, rows - 14)} labelWidth={20} />
      {failure ? (
        <FailureBox failure={failure} />
      ) : (
        <Words>{selection.focused ? choiceText(selection.focused.value) : ''}</Words>
      )}
    </Page>
  );
};

interface FormProps {
  readonly state: Exclude<ProfileState, { mode: 'list' }>;
  readonly failure: Failure | null;
  readonly actions: Omit<ProfileActions, 'choose'>;
  readonly onEdit: (edit: TextEdit) => void;
}

export const ProfileForm = ({ state, failure, actions, onEdit }: FormProps) => {
  const bindings = profileKeys(state, { ...actions, choose: () => {} });
  if (state.mode === 'occupied') return <Occupied state={state} failure={failure} bindings={bindings} />;
  return (
    <Page
      title={state.mode === 'name' ? 'A new profile' : `Where the login of ${state.name} is kept`}
      about={profileAbout}
      bindings={bindings}
      onEdit={onEdit}
    >
      {state.mode === 'name' ? (
        <>
          <Words>Give it a short name: lower-case letters, digits, "-" and "_".</Words>
          <TextField label="Name" text={state.name} focused placeholder="such as production" />
        </>
      ) : (
        <>
          <Words>
            {
              'The login is kept in this directory. Containers that mount it are signed in. A directory that holds a login already is taken over as it is.'
            }
          </Words>
          <TextField label="Directory" text={state.directory} focused placeholder="such as ~/.claude-hub" />
        </>
      )}
      {failure && <FailureBox failure={failure} />}
    </Page>
  );
};

const Occupied = ({
  state: { directory, names },
  failure,
  bindings,
}: {
  readonly state: Extract<ProfileState, { mode: 'occupied' }>;
  readonly failure: Failure | null;
  readonly bindings: ReturnType<typeof profileKeys>;
}) => {
  const { host } = usePorts();
  const { symbols } = useTheme();
  const shown = names.slice(0, 5);
  return (
    <Page title="This directory is in use" about={profileAbout} bindings={bindings}>
      <Message variant="warning">
        {`${shortPath(directory, host.homeDir)} holds other things, and no login:`}
      </Message>
      <Box flexDirection="column" paddingLeft={2}>
        {shown.map((name) => (
          <Text key={name} wrap="truncate-middle">{`${symbols.bullet} ${name}`}</Text>
        ))}
        {names.length > shown.length && (
          <Text>{`${symbols.bullet} and ${names.length - shown.length} more`}</Text>
        )}
      </Box>
      <Words>The login would be put beside them. Nothing of it would be removed.</Words>
      {failure && <FailureBox failure={failure} />}
    </Page>
  );
};
