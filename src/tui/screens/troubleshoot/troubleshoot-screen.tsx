import { Box, useWindowSize } from 'ink';
import type { Trouble } from '../../../domain/playbooks/diagnose.ts';
import { redact } from '../../../domain/redact.ts';
import type { Leaving } from '../../chrome.ts';
import { FailureBox } from '../../components/failure-box.tsx';
import { LongWork } from '../../components/long-work.tsx';
import { Message } from '../../components/message.tsx';
import { Page } from '../../components/page.tsx';
import { SelectList, useSelection } from '../../components/select-list.tsx';
import { Text } from '../../components/text.tsx';
import { Words } from '../../components/words.tsx';
import { Standalone } from '../../standalone.tsx';
import { useTheme } from '../../theme.ts';
import type { WizardStart } from '../../use-wizard.ts';
import { troubleshootKeys } from './troubleshoot-keys.ts';
import type { Outcome, Proposal } from './troubleshoot-state.ts';
import { type Troubleshooting, type TroubleshootStart, useTroubleshoot } from './use-troubleshoot.ts';

const about =
  'Everything is looked at: engine, image, login, mounts, clock and disk. For each trouble you see its cause, what shows it, and ways out. Nothing is done before you have seen what it is and agreed.';

export interface TroubleshootProps {
  readonly start: TroubleshootStart;
  readonly ending: AbortSignal;
  readonly onOpen: (wizard: WizardStart) => void;
  /** To where the person came from; null when that is the shell. */
  readonly onBack: (() => void) | null;
  readonly onLeave: (leaving: Leaving) => void;
}

export const TroubleshootScreen = ({ start, ending, onOpen, onBack, onLeave }: TroubleshootProps) => {
  const subject = ['troubleshooting', start.profile].filter(Boolean).join(', ');
  return (
    <Standalone subject={subject} back={onBack} ending={ending} onLeave={onLeave}>
      <Troubles start={start} onOpen={onOpen} />
    </Standalone>
  );
};

const Troubles = ({ start, onOpen }: Pick<TroubleshootProps, 'start' | 'onOpen'>) => {
  const troubleshooting = useTroubleshoot(start, onOpen);
  const { troubles } = troubleshooting.state;
  // A fresh list has a fresh focus.
  const key = troubles.map(({ playbook }) => playbook.id).join();
  return <TroublesPage key={key} {...troubleshooting} />;
};

const TroublesPage = (troubleshooting: Troubleshooting) => {
  const { state, working, failure } = troubleshooting;
  const { troubles, proposal, outcome, picture } = state;
  const { finding } = useTheme();
  const choices = troubles.map((trouble) => ({
    value: trouble,
    label: trouble.playbook.symptom,
    detail: '',
    mark: finding.fail,
  }));
  const selection = useSelection(choices);
  const { columns, rows } = useWindowSize();
  const focused = selection.focused?.value;
  const keys = troubleshootKeys(
    { working: working !== null, proposal, focused },
    {
      propose: (fix) => focused && troubleshooting.propose({ trouble: focused, fix }),
      apply: () => proposal && troubleshooting.apply(proposal),
      decline: troubleshooting.decline,
      lookAgain: troubleshooting.lookAgain,
      cancel: troubleshooting.cancel,
    },
  );
  const listing = working === null && proposal === null && failure === null;
  return (
    <Page
      title={titleOf(troubleshooting)}
      about={about}
      bindings={listing ? [...keys, ...selection.bindings] : keys}
      outcome={picture !== null && troubles.length === 0 ? 'completed' : 'aborted'}
    >
      {working !== null && <LongWork>{redact(working)}</LongWork>}
      {failure !== null && <FailureBox failure={failure} />}
      {listing && outcome !== null && <OutcomeMessage outcome={outcome} />}
      {listing && picture !== null && troubles.length === 0 && (
        <Words>Engine, image, login, mounts, clock and disk were looked at, and all of it is fine.</Words>
      )}
      {listing && troubles.length > 0 && (
        <SelectList
          selection={selection}
          rows={Math.max(1, Math.min(troubles.length, rows - 18))}
          labelWidth={columns - 8}
        />
      )}
      {listing && focused && <Cause trouble={focused} />}
      {working === null && failure === null && proposal !== null && <Plan proposal={proposal} />}
    </Page>
  );
};

const titleOf = ({ working, failure, state: { proposal, troubles, picture } }: Troubleshooting): string => {
  if (failure !== null) return 'This can not be looked at';
  if (working !== null || picture === null) return 'What is wrong?';
  if (proposal !== null) return proposal.trouble.playbook.symptom;
  if (troubles.length === 0) return 'Nothing is wrong';
  return troubles.length === 1 ? 'This is wrong' : `These ${troubles.length} things are wrong`;
};

const OutcomeMessage = ({ outcome }: { readonly outcome: Outcome }) => {
  if (outcome.kind === 'failed') return <FailureBox failure={outcome.failure} />;
  const variants = { mended: 'success', 'still-there': 'warning', unseen: 'info' } as const;
  return <Message variant={variants[outcome.kind]}>{redact(outcome.text)}</Message>;
};

/** As many lines of evidence as there is room for beside the fixes. */
const mostEvidence = 4;

const Cause = ({ trouble: { cause, evidence, fixes } }: { readonly trouble: Trouble }) => {
  const { styles, symbols } = useTheme();
  return (
    <Box flexDirection="column" flexShrink={1} gap={1} overflow="hidden">
      <Words {...styles.strong}>{redact(`${cause}.`)}</Words>
      <Box flexDirection="column" flexShrink={0}>
        {evidence.slice(0, mostEvidence).map((line) => (
          <Words key={line} inset={2} {...styles.faint}>{`${symbols.bullet} ${redact(line)}`}</Words>
        ))}
      </Box>
      <Box flexDirection="column" flexShrink={0}>
        {fixes.map(({ label }, index) => (
          <Text key={label}>
            <Text {...styles.accent}>{index + 1}</Text> {label}
          </Text>
        ))}
      </Box>
    </Box>
  );
};

const Plan = ({ proposal: { fix } }: { readonly proposal: Proposal }) => {
  const { styles, symbols } = useTheme();
  return (
    <Box flexDirection="column" flexShrink={0} gap={1}>
      <Words {...styles.strong}>
        {fix.action === null ? 'This only you can do:' : `To ${fix.label}, this will be done:`}
      </Words>
      <Box flexDirection="column">
        {fix.does.map((line) => (
          <Words key={line} inset={2}>{`${symbols.bullet} ${redact(line)}`}</Words>
        ))}
      </Box>
    </Box>
  );
};
