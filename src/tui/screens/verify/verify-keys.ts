import type { CheckReport } from '../../../domain/checks/report.ts';
import type { Binding } from '../../keys.ts';
import type { Task } from '../../use-task.ts';

export interface VerifyActions {
  readonly verify: () => void;
  readonly goOn: () => void;
  readonly goOnUnverified: () => void;
  readonly signInAgain: () => void;
  readonly all: () => void;
}

export const verifyKeys = (task: Task<CheckReport>, act: VerifyActions): readonly Binding[] => {
  const again = { on: ['r'], label: 'check again', run: act.verify };
  const signIn = { on: ['s'], label: 'sign in again', run: act.signInAgain };
  const unverified = { on: ['g'], label: 'go on anyway', run: act.goOnUnverified };
  const all = { on: ['a'], label: 'all checks', run: act.all };
  switch (task.status) {
    case 'idle':
    case 'running':
      return [];
    case 'failed':
      return [{ on: ['enter', 'r'], label: 'try again', run: act.verify }, unverified, signIn];
    case 'done':
      return task.value.status === 'fail'
        ? [{ ...signIn, on: ['enter', 's'] }, unverified, again, all]
        : [{ on: ['enter'], label: 'continue', run: act.goOn }, again, all, { ...signIn, quiet: true }];
  }
};
