import { useReducer, useState } from 'react';
import { type Failure, fail, ok, type Result } from '../../../domain/failure.ts';
import { defaultAuthDir, profileName } from '../../../domain/profile.ts';
import type { DirectoryUse } from '../../../ports/auth-store.ts';
import { checkDirectory } from '../../../usecases/check.ts';
import { type AddedProfile, addProfile } from '../../../usecases/profiles.ts';
import { FailureBox } from '../../components/failure-box.tsx';
import { Page } from '../../components/page.tsx';
import { textOf } from '../../components/text-state.ts';
import { Working } from '../../components/working.tsx';
import { usePorts } from '../../ports-context.tsx';
import { useOnce } from '../../use-once.ts';
import { useTask } from '../../use-task.ts';
import type { ScreenProps } from '../../use-wizard.ts';
import type { KnownProfile, ProfileChoice } from './profile-choices.ts';
import { ProfileForm, ProfileList, profileAbout } from './profile-parts.tsx';
import { absoluteDirectory, type ProfileState, reduceProfile } from './profile-state.ts';

const notAbsolute = fail(
  'usage',
  'This is not a directory that can be used',
  'it does not begin with / or ~/',
  'type its whole path, such as ~/.claude-hub',
);

const notADirectory = (path: string) =>
  fail('directory.occupied', `${path} can't be used`, 'it is not a directory', 'choose another one');

export const ProfileScreen = ({ state: { answers, facts }, onEvent }: ScreenProps) => {
  const ports = usePorts();
  const { homeDir, env } = ports.host;
  const wanted = facts.profile === null ? answers.profile : null;
  const [state, dispatch] = useReducer(
    reduceProfile,
    wanted,
    (name): ProfileState => (name === null ? { mode: 'list' } : { mode: 'name', name: textOf(name) }),
  );
  const [failure, setFailure] = useState<Failure | null>(null);
  const loading = useTask<readonly KnownProfile[]>();
  const inspecting = useTask<DirectoryUse>();
  const adding = useTask<AddedProfile>();
  const runtime = answers.runtime ?? 'docker';

  const load = () =>
    loading.start(async (): Promise<Result<readonly KnownProfile[]>> => {
      const config = await ports.settings.load();
      if (!config.ok) return config;
      const known = config.value.profiles.map(async (profile) => ({
        profile,
        report: await checkDirectory(ports, { authDir: profile.authDir, profile: profile.name, live: null }),
      }));
      return ok(await Promise.all(known));
    });
  useOnce(load);

  const startNaming = (name: string) => dispatch({ type: 'naming', name });
  const add = (name: string, authDir: string, allowOccupied: boolean) => {
    // Adding can't be taken back half way, so a second Enter waits for the first one's end.
    if (adding.task.status === 'running' || adding.task.status === 'done') return;
    setFailure(null);
    adding.start(
      () => addProfile(ports, { name, authDir, runtime, allowOccupied }),
      ({ directory }) =>
        onEvent({
          type: 'forward',
          answers: { profile: name },
          ...(directory === 'captured' && {
            notice: 'Its directory holds a login already, which was taken over as it is',
          }),
        }),
    );
  };
  const choose = (choice: ProfileChoice | undefined) => {
    if (choice === undefined) return;
    if (choice.kind === 'other') return startNaming('');
    if (choice.kind === 'preset')
      return dispatch({ type: 'named', name: choice.preset.name, directory: choice.directory });
    const { profile } = choice;
    onEvent({
      type: 'forward',
      answers: { profile: profile.name, runtime: answers.runtime ?? profile.runtime },
    });
  };
  const takeName = () => {
    if (state.mode !== 'name') return;
    const name = profileName(state.name.value.trim());
    setFailure(name.ok ? null : name.failure);
    if (name.ok)
      dispatch({ type: 'named', name: name.value, directory: defaultAuthDir(name.value, homeDir, env) });
  };
  const takeDirectory = () => {
    if (state.mode !== 'directory') return;
    const { name } = state;
    const directory = absoluteDirectory(state.directory.value, homeDir);
    if (directory === null) return setFailure(notAbsolute.failure);
    setFailure(null);
    inspecting.start(
      () => ports.store.inspect(directory),
      (use) => {
        if (use.kind === 'not-a-directory') setFailure(notADirectory(directory).failure);
        else if (use.kind === 'occupied') dispatch({ type: 'occupied', directory, names: use.names });
        else add(name, directory, false);
      },
    );
  };
  const actions = {
    takeName,
    takeDirectory,
    useOccupied: () => state.mode === 'occupied' && add(state.name, state.directory, true),
    toList: () => {
      setFailure(null);
      dispatch({ type: 'listed' });
    },
    toDirectory: () => {
      if (state.mode === 'occupied')
        dispatch({ type: 'named', name: state.name, directory: state.directory });
    },
  };
  const shown =
    failure ??
    [loading.task, inspecting.task, adding.task].find((task) => task.status === 'failed')?.failure ??
    null;

  if (loading.task.status !== 'done') {
    const retry = [{ on: ['enter', 'r'], label: 'try again', run: load }];
    return (
      <Page title="Profile" about={profileAbout} bindings={shown === null ? [] : retry}>
        {shown === null ? <Working>Looking at the profiles</Working> : <FailureBox failure={shown} />}
      </Page>
    );
  }
  return state.mode === 'list' ? (
    <ProfileList
      known={loading.task.value}
      chosen={answers.profile}
      failure={shown}
      choose={choose}
      actions={actions}
    />
  ) : (
    <ProfileForm
      state={state}
      failure={shown}
      actions={actions}
      onEdit={(edit) => dispatch({ type: 'edited', edit })}
    />
  );
};
