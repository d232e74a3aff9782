import { Box, useWindowSize } from 'ink';
import { useReducer } from 'react';
import { ok } from '../../../domain/failure.ts';
import type { EngineAttempt, EngineInfo } from '../../../ports/engine.ts';
import { engineLine } from '../../../usecases/wizard-facts.ts';
import { FailureBox } from '../../components/failure-box.tsx';
import { Message } from '../../components/message.tsx';
import { Page } from '../../components/page.tsx';
import { SelectList, useSelection } from '../../components/select-list.tsx';
import { Text } from '../../components/text.tsx';
import { Words } from '../../components/words.tsx';
import { Working } from '../../components/working.tsx';
import { usePorts } from '../../ports-context.tsx';
import { useTheme } from '../../theme.ts';
import { useOnce } from '../../use-once.ts';
import { useTask } from '../../use-task.ts';
import type { ScreenProps } from '../../use-wizard.ts';
import { engineKeys } from './engine-keys.ts';
import { isTelling, reduceEngine, sourceNames, withoutEngine } from './engine-state.ts';

const about =
  'The sign-in runs in a container, so that it leaves nothing on this machine but the login. For that a container engine such as Docker or Podman is needed.';

const welcome =
  'This wizard signs you in to Claude once, and keeps the login in a directory that your containers can use.';

export const EngineScreen = ({ world, onEvent }: ScreenProps) => {
  const ports = usePorts();
  const { platform } = ports.host;
  const [state, dispatch] = useReducer(reduceEngine, { search: world.search, details: false });
  const searching = useTask<null>();

  const search = () => {
    dispatch({ type: 'searching' });
    searching.start(async (signal, live) => {
      const found = await ports.engines.find(signal);
      live(() => {
        dispatch({ type: 'searched', search: found });
        onEvent({ type: 'learned', world: { search: found } });
      });
      return ok(null);
    });
  };
  useOnce(() => {
    if (world.search !== null) return undefined;
    // The picture goes out first: the search loads the engine's whole client.
    const soon = setImmediate(search);
    return () => clearImmediate(soon);
  });
  const attempts = state.search?.attempts ?? [];
  const act = {
    search,
    details: () => dispatch({ type: 'details' }),
    useEngine: () => {
      const engine = state.search?.engine;
      if (engine) {
        const facts = { engine: engineLine(engine.info) };
        onEvent({ type: 'forward', answers: { runtime: 'docker' }, facts });
      }
    },
    useSandbox: () => onEvent({ type: 'forward', answers: { runtime: 'sandbox' } }),
  };
  const keys = engineKeys(state, platform, act);
  if (state.search?.engine === null) {
    return <NoEngine key={attempts.length} attempts={attempts} platform={platform} keys={keys} />;
  }
  return (
    <Page title="Where the sign-in runs" about={about} bindings={keys}>
      <Words>{welcome}</Words>
      {state.search === null ? (
        <Working>Looking for a container engine, such as Docker or Podman</Working>
      ) : (
        <Found info={state.search.engine.info} attempts={state.details ? attempts : null} />
      )}
    </Page>
  );
};

const Found = ({
  info,
  attempts,
}: {
  readonly info: EngineInfo;
  readonly attempts: readonly EngineAttempt[] | null;
}) => {
  const { styles } = useTheme();
  return (
    <Box flexDirection="column" flexShrink={0} gap={1}>
      <Message variant="success">{`${info.name} ${info.version} is running.`}</Message>
      <Words>
        {
          'The sign-in gets a container of its own there. When it is finished the container is removed, and only the login stays.'
        }
      </Words>
      <Box flexDirection="column">
        <Text {...styles.faint} wrap="truncate-middle">{`Address   ${info.endpoint}`}</Text>
        <Text {...styles.faint}>{`Found by  ${sourceNames[info.source]}`}</Text>
        {attempts && <Text {...styles.faint}>{`API       ${info.apiVersion}, ${info.platform}`}</Text>}
        {attempts?.map(({ source, failure }) => (
          <Text key={source} {...styles.faint} wrap="truncate-end">
            {`Not used  ${sourceNames[source]}: ${failure.why}`}
          </Text>
        ))}
      </Box>
    </Box>
  );
};

const NoEngine = ({
  attempts,
  platform,
  keys,
}: {
  readonly attempts: readonly EngineAttempt[];
  readonly platform: NodeJS.Platform;
  readonly keys: ReturnType<typeof engineKeys>;
}) => {
  const { rows } = useWindowSize();
  const { finding } = useTheme();
  const choices = attempts.map((attempt) => ({
    value: attempt,
    label: sourceNames[attempt.source],
    detail: attempt.failure.why,
    mark: finding.fail,
  }));
  const selection = useSelection(choices, isTelling);
  return (
    <Page
      title="No container engine answered"
      about={about}
      bindings={[...keys, ...selection.bindings]}
      failure={selection.focused?.value.failure ?? null}
    >
      {attempts.length > 0 && (
        <SelectList selection={selection} rows={Math.max(2, Math.min(8, rows - 17))} labelWidth={21} />
      )}
      {selection.focused && <FailureBox failure={selection.focused.value.failure} />}
      <Words>{withoutEngine(platform)}</Words>
    </Page>
  );
};
