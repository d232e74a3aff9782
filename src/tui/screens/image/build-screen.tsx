import { Box } from 'ink';
import { useReducer, useState } from 'react';
import type { ImageSettings } from '../../../domain/config.ts';
import type { Result } from '../../../domain/failure.ts';
import type { Ports } from '../../../ports/ports.ts';
import { buildImage } from '../../../usecases/build-image.ts';
import { engineAndPlan } from '../../../usecases/open-runtime.ts';
import { FailureBox } from '../../components/failure-box.tsx';
import { LogPane } from '../../components/log-pane.tsx';
import { LongWork } from '../../components/long-work.tsx';
import { Message } from '../../components/message.tsx';
import { Page } from '../../components/page.tsx';
import { Text } from '../../components/text.tsx';
import { Words } from '../../components/words.tsx';
import { formatDuration } from '../../format.ts';
import { usePorts } from '../../ports-context.tsx';
import { useTheme } from '../../theme.ts';
import { useOnce } from '../../use-once.ts';
import { useTask, type Work } from '../../use-task.ts';
import type { ScreenProps } from '../../use-wizard.ts';
import { imageKeys } from './image-keys.ts';
import {
  currentLine,
  doneShare,
  type ImageEvent,
  type ImageState,
  newImageState,
  reduceImage,
} from './image-state.ts';
import { SettingsForm } from './settings-form.tsx';

const about =
  'The setup image is a small Linux with the Claude CLI in it. The sign-in runs in a container of it. It is built once, and again only when its settings change.';

interface Built {
  readonly built: boolean;
}

const build =
  (ports: Ports, dispatch: (event: ImageEvent) => void): Work<Built> =>
  async (signal, live): Promise<Result<Built>> => {
    const found = await engineAndPlan(ports, signal);
    if (!found.ok) return found;
    const input = { ...found.value, noCache: false };
    return buildImage(ports, input, (event) => live(() => dispatch({ type: 'happened', event })), signal);
  };

export const BuildScreen = ({ state: { facts }, onEvent }: ScreenProps) => {
  const ports = usePorts();
  const [state, dispatch] = useReducer(reduceImage, newImageState);
  const [settings, setSettings] = useState<ImageSettings | null>(null);
  const building = useTask<Built>();
  const { task } = building;
  const ready = facts.prepared !== null;
  const readSettings = async () => {
    const config = await ports.settings.load();
    setSettings(config.ok ? config.value.image : null);
  };
  useOnce(() => void readSettings());

  const start = () => {
    const startedAt = ports.clock.now();
    dispatch({ type: 'started', at: startedAt });
    building.start(build(ports, dispatch), ({ built }) =>
      onEvent({
        type: 'forward',
        ...(built && { notice: `Built in ${formatDuration(ports.clock.now() - startedAt)}` }),
      }),
    );
  };
  const act = {
    build: start,
    cancel: () => void building.cancel(),
    goOn: () => onEvent({ type: 'forward' }),
    log: () => dispatch({ type: 'log' }),
    settings: () => dispatch({ type: 'settings', open: true }),
  };
  if (state.view === 'settings' && settings !== null) {
    return (
      <SettingsForm
        settings={settings}
        onClose={(saved) => {
          dispatch({ type: 'settings', open: false });
          if (saved === null) return;
          setSettings(saved);
          onEvent({ type: 'learned', facts: { prepared: null } });
        }}
      />
    );
  }
  return (
    <Page
      title="The setup image"
      about={about}
      bindings={imageKeys(task.status, ready, act)}
      failure={task.status === 'failed' ? task.failure : null}
      atStake={task.status === 'running' ? 'The image is being built; the build would be stopped.' : null}
    >
      {task.status === 'running' && <Building state={state} />}
      {task.status === 'failed' && <FailureBox failure={task.failure} />}
      {(task.status === 'idle' || task.status === 'done') && (
        <Before ready={facts.prepared} settings={settings} />
      )}
      {state.showLog && state.startedAt !== null && <LogPane lines={state.log} />}
    </Page>
  );
};

const Before = ({
  ready,
  settings,
}: {
  readonly ready: string | null;
  readonly settings: ImageSettings | null;
}) => {
  const { styles } = useTheme();
  return (
    <>
      {ready === null ? (
        <Words>
          {
            'The sign-in runs in a small Linux image with the Claude CLI in it, which is not there yet. Building it takes a few minutes and about 550 MB, once.'
          }
        </Words>
      ) : (
        <Message variant="success">{`${ready}.`}</Message>
      )}
      {settings && (
        <Box flexDirection="column" flexShrink={0}>
          <Text {...styles.faint} wrap="truncate-middle">{`Base image   ${settings.base}`}</Text>
          <Text {...styles.faint}>{`Claude CLI   ${settings.cliVersion}`}</Text>
          <Text {...styles.faint} wrap="truncate-middle">
            {`Proxy        ${settings.httpsProxy ?? settings.httpProxy ?? 'none'}`}
          </Text>
          <Text {...styles.faint} wrap="truncate-middle">
            {`Extra CA     ${settings.caFile ?? 'none'}`}
          </Text>
        </Box>
      )}
      {ready === null && <Words>Behind a company proxy? Press s first.</Words>}
    </>
  );
};

const Building = ({ state }: { readonly state: ImageState }) => {
  const { styles } = useTheme();
  return (
    <Box flexDirection="column" flexShrink={0}>
      <LongWork since={state.startedAt} done={doneShare(state)}>
        {state.steps === 0 ? 'Building' : `Building, step ${state.step} of ${state.steps}`}
      </LongWork>
      <Text wrap="truncate-end">{state.stepText || ' '}</Text>
      <Text {...styles.faint} wrap="truncate-end">
        {currentLine(state) || ' '}
      </Text>
    </Box>
  );
};
