import { Box } from 'ink';
import { useState } from 'react';
import stringWidth from 'string-width';
import type { Profile, RuntimeKind } from '../../../domain/profile.ts';
import { redact } from '../../../domain/redact.ts';
import { FailureBox } from '../../components/failure-box.tsx';
import { LongWork } from '../../components/long-work.tsx';
import { Message } from '../../components/message.tsx';
import { Page } from '../../components/page.tsx';
import { Text } from '../../components/text.tsx';
import { TextField } from '../../components/text-field.tsx';
import { editText, textOf } from '../../components/text-state.ts';
import { Words } from '../../components/words.tsx';
import { formatDuration } from '../../format.ts';
import { useTheme } from '../../theme.ts';
import { runKeys } from './run-keys.ts';
import { moveOffered, offered } from './run-state.ts';
import { type Ran, useRun } from './use-run.ts';

const about =
  'A command gets a lease of the login: a copy that it can not use up. It has the whole terminal until it ends, and nothing of it stays. For directories, images and more: claude-setup run --help';

export interface RunPageProps {
  /** The first one is chosen. */
  readonly profiles: readonly [Profile, ...Profile[]];
  readonly onBack: () => void;
}

/** Chooses a profile and a command, gives it the terminal, and says how it ended. */
export const RunPage = ({ profiles, onBack }: RunPageProps) => {
  const running = useRun();
  const { task, doing } = running;
  const [place, setPlace] = useState(0);
  const [text, setText] = useState(textOf('claude'));
  const [ran, setRan] = useState<readonly string[]>([]);
  const profile = profiles[place] ?? profiles[0];
  const commands = offered(ran);
  const working = task.status === 'running';
  const line = text.value.trim();

  const bindings = runKeys(
    { working, profiles: profiles.length },
    {
      run: () => line !== '' && running.start(profile, line, () => setRan((all) => [line, ...all])),
      cancel: running.cancel,
      up: () => setText((now) => moveOffered(commands, now, -1)),
      down: () => setText((now) => moveOffered(commands, now, 1)),
      nextProfile: () => setPlace((now) => (now + 1) % profiles.length),
      back: onBack,
    },
  );
  return (
    <Page
      title={task.status === 'done' ? 'The command has ended' : 'Run a command with a login'}
      about={about}
      bindings={bindings}
      failure={task.status === 'failed' ? task.failure : null}
      outcome="completed"
      atStake={working ? 'The command is being run; it would be ended.' : null}
      {...(!working && { onEdit: (edit) => setText((now) => editText(now, edit)) })}
    >
      {task.status === 'done' && <Ended ran={task.value} />}
      {task.status === 'failed' && <FailureBox failure={task.failure} />}
      {working && (doing === null ? <Words>It has the terminal.</Words> : <LongWork>{doing}</LongWork>)}
      <Box flexDirection="column" flexShrink={0}>
        <TextField label="Command" labelWidth={8} text={text} focused={!working} />
        <TextField label="Profile" labelWidth={8} text={textOf(profile.name)} focused={false} />
      </Box>
      {!working && <Offered commands={commands} chosen={text.value} />}
      {!working && <Words>{places[profile.runtime]}</Words>}
    </Page>
  );
};

const places: Readonly<Record<RuntimeKind, string>> = {
  docker: 'It runs in a fresh container of the setup image, which is removed at its end.',
  sandbox: 'It runs on this machine, with a home directory of its own.',
};

/** The latest of what was said; the rest of the screen is needed for the next command. */
const mostSaid = 4;

const Ended = ({ ran: { line, exitCode, milliseconds, said } }: { readonly ran: Ran }) => (
  <Box flexDirection="column" flexShrink={0}>
    <Message variant={exitCode === 0 ? 'success' : 'warning'}>
      {`${redact(line)} ended with exit status ${exitCode}, after ${formatDuration(milliseconds)}.`}
    </Message>
    {[...new Set(said)].slice(-mostSaid).map((text) => (
      <Message key={text} variant="info">
        {text}
      </Message>
    ))}
  </Box>
);

interface OfferedProps {
  readonly commands: ReturnType<typeof offered>;
  readonly chosen: string;
}

const Offered = ({ commands, chosen }: OfferedProps) => {
  const { styles, symbols } = useTheme();
  const width = Math.max(...commands.map(({ line }) => stringWidth(line)));
  return (
    <Box flexDirection="column" flexShrink={0} aria-role="list">
      {commands.map((command) => (
        <Box
          key={command.line}
          height={1}
          aria-role="listitem"
          aria-state={{ selected: command.line === chosen }}
        >
          <Text wrap="truncate-end">
            <Text {...styles.faint}>{`  ${symbols.bullet} `}</Text>
            <Text {...(command.line === chosen ? styles.strong : {})}>{redact(command.line)}</Text>
            {' '.repeat(width - stringWidth(command.line))}
            <Text {...styles.faint}>{`  ${command.about}`}</Text>
          </Text>
        </Box>
      ))}
    </Box>
  );
};
