import type { Trouble } from '../../../domain/playbooks/diagnose.ts';
import type { Fix } from '../../../domain/playbooks/playbook.ts';
import type { Binding } from '../../keys.ts';
import type { Proposal } from './troubleshoot-state.ts';

export interface TroubleshootActions {
  readonly propose: (fix: Fix) => void;
  readonly apply: () => void;
  readonly decline: () => void;
  readonly lookAgain: () => void;
  readonly cancel: () => void;
}

export const troubleshootKeys = (
  at: {
    readonly working: boolean;
    readonly proposal: Proposal | null;
    readonly focused: Trouble | undefined;
  },
  act: TroubleshootActions,
): readonly Binding[] => {
  const { working, proposal, focused } = at;
  if (working) return [{ on: ['escape'], label: 'stop', run: act.cancel }];
  if (proposal !== null) {
    const label = proposal.fix.action === null ? 'done, look again' : 'do it';
    return [
      { on: ['enter'], label, run: act.apply },
      { on: ['escape', 'n'], label: 'another way', run: act.decline },
    ];
  }
  const again: Binding = { on: ['r'], label: 'look again', run: act.lookAgain };
  const [best] = focused?.fixes ?? [];
  if (focused === undefined || best === undefined) return [{ ...again, on: ['enter', 'r'] }];
  return [
    { on: ['enter'], label: best.label, run: () => act.propose(best) },
    ...focused.fixes.slice(0, 9).map((fix, index) => ({
      on: [String(index + 1)],
      label: fix.label,
      quiet: true,
      run: () => act.propose(fix),
    })),
    again,
  ];
};
