import type { Profile } from '../../../domain/profile.ts';
import type { Snapshot } from '../../../ports/auth-store.ts';
import { editText, type TextEdit, type TextState, textOf } from '../../components/text-state.ts';

/**
 * What the dashboard shows and what its keys do. What is asked about a profile names it: the focus may go to another one
 * meanwhile, when somebody else changes the list.
 */
export type DashboardMode =
  | { readonly mode: 'list' }
  /** The filter is being typed. */
  | { readonly mode: 'filter' }
  | { readonly mode: 'checks' }
  | { readonly mode: 'rename'; readonly profile: Profile; readonly name: TextState }
  | { readonly mode: 'remove' | 'export' | 'run'; readonly profile: Profile }
  | { readonly mode: 'rollback'; readonly profile: Profile; readonly snapshot: Snapshot };

export type DashboardEvent =
  | { readonly type: 'list' | 'filter' | 'checks' }
  | { readonly type: 'rename' | 'remove' | 'export' | 'run'; readonly profile: Profile }
  | { readonly type: 'edited'; readonly edit: TextEdit }
  | { readonly type: 'rollback'; readonly profile: Profile; readonly snapshot: Snapshot };

export const reduceDashboard = (state: DashboardMode, event: DashboardEvent): DashboardMode => {
  switch (event.type) {
    case 'rename':
      return { mode: 'rename', profile: event.profile, name: textOf(event.profile.name) };
    case 'edited':
      return state.mode === 'rename' ? { ...state, name: editText(state.name, event.edit) } : state;
    case 'remove':
    case 'export':
    case 'run':
      return { mode: event.type, profile: event.profile };
    case 'rollback':
      // It was asked of the disk; whoever went on meanwhile is not called back.
      return state.mode === 'list'
        ? { mode: 'rollback', profile: event.profile, snapshot: event.snapshot }
        : state;
    default:
      return { mode: event.type };
  }
};
