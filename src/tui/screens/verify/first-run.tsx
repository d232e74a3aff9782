import { Box } from 'ink';
import { useReducer } from 'react';
import type { Profile } from '../../../domain/profile.ts';
import { applyFirstRun, type FirstRunPlan, planFirstRun } from '../../../usecases/first-run.ts';
import { FailureBox } from '../../components/failure-box.tsx';
import { Page } from '../../components/page.tsx';
import { Text } from '../../components/text.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Words } from '../../components/words.tsx';
import { Working } from '../../components/working.tsx';
import type { Binding } from '../../keys.ts';
import { usePorts } from '../../ports-context.tsx';
import { useTheme } from '../../theme.ts';
import { useChange } from '../../use-once.ts';
import { useTask } from '../../use-task.ts';
import { type FirstRunState, newFirstRun, reduceFirstRun } from './first-run-state.ts';

const about =
  'A new container would ask for a colour theme, for trust in its folder, and warn about running without permission questions. With these answers stored beside the login it starts at once.';

const allAnswered = 'The next container asks nothing at its first start';

interface FirstRunProps {
  readonly profile: Profile;
  readonly onBack: () => void;
  readonly onDone: (said: { readonly notice?: string }) => void;
}

/** Offers to answer the CLI's first-run questions, and shows what would be written before it is. */
export const FirstRun = ({ profile, onBack, onDone }: FirstRunProps) => {
  const ports = usePorts();
  const { authDir } = profile;
  const [state, dispatch] = useReducer(reduceFirstRun, newFirstRun);
  const planning = useTask<FirstRunPlan>();
  const writing = useTask<void>();

  const plan = () =>
    planning.start(
      () => planFirstRun(ports, { authDir, trustFolders: state.folders }),
      ({ changes }) => {
        if (changes.length === 0 && state === newFirstRun) {
          onDone({ notice: allAnswered });
        }
      },
    );
  useChange(state.folders, plan);

  const write = () => {
    if (planning.task.status !== 'done') return;
    const { value } = planning.task;
    writing.start(
      () => applyFirstRun(ports, { authDir, plan: value }),
      () => onDone({ notice: allAnswered }),
    );
  };
  const skip = { on: ['s'], label: 'skip', run: () => onDone({}) };
  const back = { on: ['escape'], label: 'back', run: onBack };
  const edit = { on: ['e'], label: 'edit folders', run: () => dispatch({ type: 'editing' }) };
  const ready = planning.task.status === 'done' && writing.task.status === 'idle';
  const bindings: readonly Binding[] =
    state.editing !== null
      ? [
          { on: ['enter'], label: 'take these', run: () => dispatch({ type: 'closed', keep: true }) },
          { on: ['escape'], label: 'leave as it was', run: () => dispatch({ type: 'closed', keep: false }) },
        ]
      : ready
        ? [{ on: ['enter'], label: 'write it', run: write }, skip, back, edit]
        : [
            { on: ['enter', 'r'], label: 'look again', run: () => void writing.cancel().then(plan) },
            skip,
            back,
          ];
  const trouble = [planning.task, writing.task].find((task) => task.status === 'failed');
  return (
    <Page
      title="Let containers start without questions?"
      about={about}
      bindings={bindings}
      withoutNotices
      {...(state.editing && { onEdit: (change) => dispatch({ type: 'edited', edit: change }) })}
    >
      {trouble?.status === 'failed' && <FailureBox failure={trouble.failure} />}
      {planning.task.status === 'running' && <Working>Looking at what is there</Working>}
      {!trouble && planning.task.status === 'done' && <Plan plan={planning.task.value} authDir={authDir} />}
      <Folders state={state} />
    </Page>
  );
};

const Folders = ({ state: { folders, editing } }: { readonly state: FirstRunState }) =>
  editing === null ? (
    <Text>{`Trusted folders, as containers see them: ${folders.join(', ') || 'none'}`}</Text>
  ) : (
    <TextField label="Folders to trust" text={editing} focused placeholder="none; with commas between" />
  );

const Plan = ({ plan: { changes }, authDir }: { readonly plan: FirstRunPlan; readonly authDir: string }) => {
  const { symbols, styles } = useTheme();
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Words>
        {changes.length === 0
          ? 'Everything is answered already. Nothing would be written.'
          : `The Claude CLI asks a few things at its first start. These answers would be written into ${authDir}:`}
      </Words>
      {changes.map(({ file, lines }) => (
        <Box key={file} flexDirection="column" paddingLeft={2}>
          <Text {...styles.strong}>{file}</Text>
          {lines.map((line) => (
            <Text key={line} wrap="truncate-middle">{`  ${symbols.bullet} ${line}`}</Text>
          ))}
        </Box>
      ))}
    </Box>
  );
};
