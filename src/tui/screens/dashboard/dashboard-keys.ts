import type { Binding } from '../../keys.ts';
import type { DashboardMode } from './dashboard-state.ts';

export interface DashboardActions {
  readonly signIn: () => void;
  readonly refresh: () => void;
  readonly check: () => void;
  readonly troubleshoot: () => void;
  readonly filter: () => void;
  readonly clearFilter: () => void;
  readonly add: () => void;
  readonly makeDefault: () => void;
  readonly rename: () => void;
  readonly remove: () => void;
  readonly rollBack: () => void;
  readonly copyPath: () => void;
  readonly useElsewhere: () => void;
  readonly run: () => void;
  readonly toList: () => void;
  readonly confirm: () => void;
}

export interface DashboardView {
  readonly mode: DashboardMode['mode'];
  /** Whether a filter is set. */
  readonly filtered: boolean;
  /** Whether something is being done about the profile that has the focus. */
  readonly working: boolean;
}

export const dashboardKeys = (
  { mode, filtered, working }: DashboardView,
  act: DashboardActions,
): readonly Binding[] => {
  switch (mode) {
    case 'checks':
      return [
        { on: ['escape', 'c'], label: 'back to the list', run: act.toList },
        { on: ['enter'], label: 'sign in again', run: act.signIn },
        { on: ['t'], label: 'what is wrong?', run: act.troubleshoot },
      ];
    case 'filter':
      return [
        { on: ['enter'], label: 'keep', run: act.toList },
        { on: ['escape'], label: 'clear', run: act.clearFilter },
      ];
    case 'rename':
      return [
        { on: ['enter'], label: 'rename', run: act.confirm },
        { on: ['escape'], label: 'leave it', run: act.toList },
      ];
    case 'remove':
    case 'rollback':
      return [
        { on: ['y'], label: mode === 'remove' ? 'remove' : 'roll back', run: act.confirm },
        { on: ['n', 'escape'], label: 'leave it', run: act.toList },
      ];
    // These pages have keys of their own.
    case 'export':
    case 'run':
      return [];
    case 'list':
      return [
        { on: ['enter'], label: 'sign in again', run: act.signIn },
        ...(filtered ? [{ on: ['escape'], label: 'clear the filter', run: act.clearFilter }] : []),
        { on: ['r'], label: working ? 'stop' : 'refresh', run: act.refresh },
        { on: ['c'], label: 'checks', run: act.check },
        { on: ['u'], label: 'use elsewhere', run: act.useElsewhere },
        { on: ['o'], label: 'run a command', run: act.run },
        { on: ['/'], label: 'filter', run: act.filter },
        { on: ['t'], label: 'troubles', run: act.troubleshoot },
        { on: ['a'], label: 'add', run: act.add },
        { on: ['d'], label: 'make default', run: act.makeDefault },
        { on: ['e'], label: 'rename', run: act.rename },
        { on: ['x'], label: 'remove', run: act.remove },
        { on: ['b'], label: 'roll back', run: act.rollBack },
        { on: ['y'], label: 'copy the path', run: act.copyPath },
      ];
  }
};
