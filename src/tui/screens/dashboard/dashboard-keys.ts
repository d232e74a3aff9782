import type { Binding } from '../../keys.ts';

export interface DashboardActions {
  readonly signIn: () => void;
  readonly check: () => void;
  readonly add: () => void;
  readonly makeDefault: () => void;
  readonly closeChecks: () => void;
  readonly troubleshoot: () => void;
}

export const dashboardKeys = (view: 'list' | 'checks', act: DashboardActions): readonly Binding[] =>
  view === 'checks'
    ? [
        { on: ['escape', 'c'], label: 'back to the list', run: act.closeChecks },
        { on: ['enter'], label: 'sign in again', run: act.signIn },
        { on: ['t'], label: 'what is wrong?', run: act.troubleshoot },
      ]
    : [
        { on: ['enter'], label: 'sign in again', run: act.signIn },
        { on: ['c'], label: 'checks', run: act.check },
        { on: ['t'], label: 'troubles', run: act.troubleshoot },
        { on: ['a'], label: 'add', run: act.add },
        { on: ['d'], label: 'default', run: act.makeDefault },
      ];
