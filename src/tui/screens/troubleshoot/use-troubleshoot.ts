import { useReducer, useState } from 'react';
import { type Failure, ok, type Result } from '../../../domain/failure.ts';
import type { Picture } from '../../../domain/playbooks/picture.ts';
import type { FixAction } from '../../../domain/playbooks/playbook.ts';
import type { Ports } from '../../../ports/ports.ts';
import { applyFix } from '../../../usecases/apply-fix.ts';
import { examineProfile, examineSurroundings } from '../../../usecases/examine.ts';
import { usePorts } from '../../ports-context.tsx';
import { useOnce } from '../../use-once.ts';
import { useTask } from '../../use-task.ts';
import type { WizardStart } from '../../use-wizard.ts';
import {
  lookedAgain,
  notLooked,
  type Proposal,
  reduceTroubleshoot,
  type TroubleshootState,
} from './troubleshoot-state.ts';

export interface TroubleshootStart {
  /** The profile in trouble; null for the default one, if there is one. */
  readonly profile: string | null;
  /** What went wrong just now, for who comes from a failure. */
  readonly failure: Failure | null;
  readonly composeFiles?: readonly string[];
}

export interface Troubleshooting {
  readonly state: TroubleshootState;
  /** What is going on, or null. */
  readonly working: string | null;
  /** Why it can't be looked at all. */
  readonly failure: Failure | null;
  readonly lookAgain: () => void;
  readonly cancel: () => void;
  readonly propose: (proposal: Proposal) => void;
  readonly decline: () => void;
  readonly apply: (proposal: Proposal) => void;
}

/** The troubleshooting state with its effects: looks, does a fix, looks again. `onOpen` opens the sign-in. */
export const useTroubleshoot = (
  start: TroubleshootStart,
  onOpen: (wizard: WizardStart) => void,
): Troubleshooting => {
  const ports = usePorts();
  const [state, dispatch] = useReducer(reduceTroubleshoot, notLooked);
  const [line, setLine] = useState<string | null>(null);
  const task = useTask<null>();

  const work = (proposal: Proposal | null, failure: Failure | null) => {
    setLine(null);
    task.start(async (signal, live) => {
      const action = proposal?.fix.action ?? lookAgainAction;
      const done = await doFix(ports, action, (text) => live(() => setLine(text)), signal);
      if (!done.ok && done.failure.code === 'interrupted') return done;
      live(() => setLine(null));
      const now = done.ok ? (proposal === null ? failure : null) : done.failure;
      const looked = await look(ports, { ...start, failure: now }, signal);
      if (!looked.ok) return looked;
      const after = proposal === null ? null : { trouble: proposal.trouble, done };
      live(() => dispatch({ type: 'looked', picture: looked.value, after }));
      return ok(null);
    });
  };
  useOnce(() => work(null, start.failure));

  return {
    state,
    working: task.task.status === 'running' ? (line ?? 'Looking at everything') : null,
    failure: task.task.status === 'failed' ? task.task.failure : null,
    lookAgain: () => work(null, state.picture?.failure ?? start.failure),
    cancel: () => void task.cancel(),
    propose: (proposal) =>
      proposal.fix.action?.type === 'look-again'
        ? work(proposal, null)
        : dispatch({ type: 'proposed', proposal }),
    decline: () => dispatch({ type: 'declined' }),
    apply: (proposal) => {
      const { action } = proposal.fix;
      if (action?.type === 'sign-in') onOpen({ profile: action.profile, runtime: null, again: true });
      else if (action?.type === 'use-sandbox') onOpen({ profile: action.profile, runtime: 'sandbox' });
      else work(proposal, null);
    },
  };
};

const lookAgainAction: FixAction = { type: 'look-again' };

const doFix = (
  ports: Ports,
  action: FixAction,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<Result<string>> =>
  action.type === 'sign-in' || action.type === 'use-sandbox' || action.type === 'look-again'
    ? Promise.resolve(ok(lookedAgain))
    : applyFix(ports, action, onProgress, signal);

const look = async (
  ports: Ports,
  { profile: name, failure, composeFiles = [] }: TroubleshootStart,
  signal: AbortSignal,
): Promise<Result<Picture>> => {
  const config = await ports.settings.load();
  if (!config.ok) return config;
  const { profiles, defaultProfile } = config.value;
  const wanted = name ?? defaultProfile ?? profiles[0]?.name ?? null;
  const profile = profiles.find((one) => one.name === wanted) ?? null;
  const surroundings = await examineSurroundings(ports, { config: config.value, composeFiles }, signal);
  return ok(await examineProfile(ports, surroundings, profile, failure));
};
