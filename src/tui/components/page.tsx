import { Box, usePaste, useWindowSize } from 'ink';
import { type ReactNode, useEffect, useState } from 'react';
import type { Failure } from '../../domain/failure.ts';
import { type Outcome, useChrome } from '../chrome.ts';
import { type Binding, bindingOf, type KeyName } from '../keys.ts';
import { usePractice } from '../practice-context.ts';
import { useSigns } from '../terminal/signs-context.tsx';
import { useTheme } from '../theme.ts';
import { useKeys } from '../use-keys.ts';
import { Header } from './header.tsx';
import { Help } from './help.tsx';
import { type Hint, hintsOf, KeyHints } from './key-hints.tsx';
import { PassphraseField, useAsked } from './passphrase-field.tsx';
import { Rule } from './rule.tsx';
import { Stepper } from './stepper.tsx';
import { Text } from './text.tsx';
import { editOfKey, type TextEdit } from './text-state.ts';
import { Working } from './working.tsx';

export interface PageProps {
  readonly title: string;
  /** What this screen is for, in the help. */
  readonly about: string;
  readonly bindings: readonly Binding[];
  /** Given while a text field has the focus: characters go there and are no keys. */
  readonly onEdit?: (edit: TextEdit) => void;
  /** What leaving now would lose, as a sentence; the person is asked first. */
  readonly atStake?: string | null;
  /** The failure that is on this screen, which there is a way from to the troubleshooting. */
  readonly failure?: Failure | null;
  /** How the program ends when it is left from here. */
  readonly outcome?: Outcome;
  /** Whether the keys go somewhere else now, so that the general ones do not work and are not shown. */
  readonly keysElsewhere?: boolean;
  /** Leaves out what was passed over on the way here, where the room is needed. */
  readonly withoutNotices?: boolean;
  readonly children: ReactNode;
}

type Overlay = 'help' | 'leaving' | null;

/** A screen: the same frame around every one, its keys at the foot, and the keys that work everywhere. */
export const Page = (props: PageProps) => {
  const { title, about, onEdit, atStake = null, outcome = 'aborted', failure = null } = props;
  const chrome = useChrome();
  const { columns, rows } = useWindowSize();
  const [overlay, setOverlay] = useState<Overlay>(null);
  const [interrupted, setInterrupted] = useState(false);
  const asked = useAsked();
  const signs = useSigns();
  const practice = usePractice();
  useEffect(
    () => signs.title(`${practice ? 'Practice' : 'claude-setup'}: ${title}`),
    [signs, practice, title],
  );

  const { troubleshoot } = chrome;
  const typing = onEdit !== undefined;
  const bindings: readonly Binding[] =
    failure === null || troubleshoot === null
      ? props.bindings
      : // Beside the first one, so that it is seen where there is little room.
        [
          ...props.bindings.slice(0, 1),
          { on: [typing ? 'ctrl+t' : 't'], label: 'what is wrong?', run: () => troubleshoot(failure) },
          ...props.bindings.slice(1),
        ];

  const leave = (byInterrupt: boolean) => chrome.leave({ outcome, interrupted: byInterrupt });
  const askToLeave = (byInterrupt: boolean) => {
    if (atStake === null) return leave(byInterrupt);
    setInterrupted(byInterrupt);
    setOverlay('leaving');
  };
  const close = () => setOverlay(null);
  const general: Binding[] = [
    ...(chrome.back === null || bindingOf(bindings, 'escape')
      ? []
      : [{ on: ['escape'], label: 'back', run: chrome.back }]),
    // While somebody types, characters are no keys; nano's help is at the same place.
    { on: [typing ? 'ctrl+g' : '?'], label: 'help', run: () => setOverlay('help') },
    ...(typing ? [] : [{ on: ['q'], label: 'quit', run: () => askToLeave(false) }]),
    { on: ['ctrl+c'], label: 'quit', quiet: !typing, run: () => askToLeave(true) },
  ];
  const leavingKeys: Binding[] = [
    { on: ['y'], label: 'leave', run: () => leave(interrupted) },
    { on: ['n', 'escape'], label: 'stay', run: close },
  ];
  const onKey = (key: KeyName) => {
    // Leaving waits for what is under way, and that for the answer.
    if (key === 'ctrl+c') asked?.question.answer(null);
    if (key === 'ctrl+c' && (overlay === 'leaving' || chrome.busy !== null)) return leave(true);
    if (asked !== null && key !== 'ctrl+c' && overlay === null) {
      const edit = editOfKey(key);
      return edit === null ? bindingOf(asked.bindings, key)?.run() : asked.edit(edit);
    }
    if (chrome.busy !== null) return;
    if (overlay === 'help' && key !== 'ctrl+c') return close();
    if (overlay === 'leaving') return bindingOf(leavingKeys, key)?.run();
    const edit = typing ? editOfKey(key) : null;
    if (edit?.type === 'insert') return onEdit?.(edit);
    const binding = bindingOf([...bindings, ...general], key);
    if (binding !== undefined) return binding.run();
    if (edit !== null) onEdit?.(edit);
  };
  useKeys(onKey);
  usePaste((text) => (asked?.edit ?? onEdit)?.({ type: 'insert', text }), {
    isActive: (typing || asked !== null) && overlay === null,
  });

  const foot: Record<
    'help' | 'leaving' | 'asked' | 'screen' | 'busy',
    readonly [readonly Hint[], readonly Hint[]]
  > = {
    help: [[{ key: 'any key', label: 'closes the help' }], []],
    leaving: [hintsOf(leavingKeys), []],
    asked: [hintsOf(asked?.bindings ?? []), []],
    screen: [hintsOf(bindings), props.keysElsewhere ? [] : hintsOf(general)],
    busy: [[], hintsOf([{ on: ['ctrl+c'], label: 'quit', run: () => undefined }])],
  };
  const shown = overlay ?? (asked === null ? 'screen' : 'asked');
  const keys = foot[chrome.busy === null ? shown : 'busy'];
  return (
    <Box width={columns} height={rows} flexDirection="column" overflow="hidden">
      <Header subject={chrome.subject} />
      {chrome.steps.length > 0 && <Stepper steps={chrome.steps} />}
      <Rule />
      <Box flexGrow={1} flexShrink={1} flexDirection="column" overflow="hidden" paddingX={1} gap={1}>
        <Title text={overlay === 'help' ? `Help: ${title}` : title} busy={chrome.busy} />
        {overlay === 'help' && (
          <Help about={about} bindings={[...bindings, ...general].filter(({ label }) => label)} />
        )}
        {overlay === 'leaving' && <Text>{`${atStake} Leave anyway?`}</Text>}
        {shown === 'asked' && asked !== null && <PassphraseField {...asked} />}
        {shown === 'screen' && !props.withoutNotices && <Notices />}
        {shown === 'screen' && props.children}
      </Box>
      <KeyHints own={keys[0]} general={keys[1]} />
    </Box>
  );
};

const Title = ({ text, busy }: { readonly text: string; readonly busy: string | null }) => {
  const { styles } = useTheme();
  return (
    <Box height={1} flexShrink={0} justifyContent="space-between" gap={2}>
      <Text {...styles.strong} wrap="truncate-end">
        {text}
      </Text>
      {busy !== null && (
        <Box flexShrink={0}>
          <Working>{busy}</Working>
        </Box>
      )}
    </Box>
  );
};

/** What was passed over on the way here. */
const Notices = () => {
  const { notices } = useChrome();
  const { finding } = useTheme();
  if (notices.length === 0) return null;
  return (
    <Box flexDirection="column" flexShrink={0}>
      {notices.map(({ title, text }) => (
        <Text key={title + text} wrap="truncate-middle">
          <Text {...finding.pass.style}>{finding.pass.symbol}</Text> {title}: {text}
        </Text>
      ))}
    </Box>
  );
};
