import { Box, useWindowSize } from 'ink';
import { useState } from 'react';
import { type NextCommand, nextCommands } from '../../../domain/wizard/next-commands.ts';
import { useChrome } from '../../chrome.ts';
import { Message } from '../../components/message.tsx';
import { Page } from '../../components/page.tsx';
import { SelectList, useSelection } from '../../components/select-list.tsx';
import { Text } from '../../components/text.tsx';
import { useTheme } from '../../theme.ts';
import { useCopy } from '../../use-copy.ts';
import { useNow } from '../../use-now.ts';
import type { ScreenProps } from '../../use-wizard.ts';
import { ExportPage } from '../export/export-page.tsx';
import { doneFacts } from './done-facts.ts';

const about =
  'The login is captured. The commands below are ready to be used; they are broken into lines so that they can be copied as they stand.';

export const DoneScreen = ({ state: { facts } }: ScreenProps) => {
  const toClipboard = useCopy();
  const { leave } = useChrome();
  const { columns, rows } = useWindowSize();
  const [said, setSaid] = useState('');
  const [elsewhere, setElsewhere] = useState(false);
  const { login, profile, verified } = facts;
  // Where there is no room for both, who is signed in is one of the things to choose.
  const compact = rows < 24;
  const commands = profile === null ? [] : nextCommands(profile, columns);
  const selection = useSelection<NextCommand | null>([
    ...(compact ? [{ value: null, label: 'Who is signed in', detail: '' }] : []),
    ...commands.map((command) => ({ value: command, label: command.purpose, detail: '' })),
  ]);
  const command = selection.focused?.value ?? null;

  const copy = async () => {
    if (command === null) return;
    setSaid((await toClipboard(command.whole)) ? 'Copied.' : 'Handed to the terminal to copy.');
  };
  const bindings = [
    { on: ['enter'], label: 'finish', run: () => leave({ outcome: 'completed', interrupted: false }) },
    { on: ['c'], label: 'copy the command', run: () => void copy() },
    { on: ['u'], label: 'use elsewhere', run: () => setElsewhere(true) },
    ...selection.bindings,
  ];
  if (elsewhere && profile !== null)
    return <ExportPage profile={profile} onBack={() => setElsewhere(false)} />;
  return (
    <Page
      title="You are done"
      about={about}
      bindings={bindings}
      outcome="completed"
      withoutNotices={rows < 30}
    >
      {!verified && (
        <Message variant="warning">The Claude CLI was not asked whether it accepts this login.</Message>
      )}
      {!compact && login && <Facts login={login} />}
      <SelectList selection={selection} rows={selection.choices.length} labelWidth={42} />
      {command === null ? login && <Facts login={login} /> : <Lines command={command} said={said} />}
    </Page>
  );
};

const Facts = ({ login }: { readonly login: Parameters<typeof doneFacts>[0] }) => {
  const now = useNow(30_000);
  const { styles } = useTheme();
  return (
    <Box flexDirection="column" flexShrink={0}>
      {doneFacts(login, now).map(({ name, text }) => (
        <Box key={name}>
          <Box width={14} flexShrink={0}>
            <Text {...styles.faint}>{name}</Text>
          </Box>
          <Text>{text}</Text>
        </Box>
      ))}
    </Box>
  );
};

/** At the left edge, so that nothing but the command is copied. */
const Lines = ({ command, said }: { readonly command: NextCommand; readonly said: string }) => {
  const { styles } = useTheme();
  return (
    <Box flexDirection="column" flexShrink={0} marginX={-1}>
      {command.lines.map((line) => (
        <Text key={line} {...styles.strong} wrap="truncate-end">
          {line}
        </Text>
      ))}
      <Text {...styles.good}>{said}</Text>
    </Box>
  );
};
