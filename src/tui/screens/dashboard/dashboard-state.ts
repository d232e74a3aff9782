import type { Snapshot } from '../../../ports/auth-store.ts';
import { editText, type TextEdit, type TextState, textOf } from '../../components/text-state.ts';

/** What the dashboard shows and what its keys do. */
export type DashboardMode =
  | { readonly mode: 'list' }
  /** The filter is being typed. */
  | { readonly mode: 'filter' }
  | { readonly mode: 'checks' }
  | { readonly mode: 'rename'; readonly name: TextState }
  | { readonly mode: 'remove' }
  | { readonly mode: 'rollback'; readonly snapshot: Snapshot };

export type DashboardEvent =
  | { readonly type: 'list' | 'filter' | 'checks' | 'remove' }
  | { readonly type: 'rename'; readonly name: string }
  | { readonly type: 'edited'; readonly edit: TextEdit }
  | { readonly type: 'rollback'; readonly snapshot: Snapshot };

export const reduceDashboard = (state: DashboardMode, event: DashboardEvent): DashboardMode => {
  switch (event.type) {
    case 'rename':
      return { mode: 'rename', name: textOf(event.name) };
    case 'edited':
      return state.mode === 'rename' ? { ...state, name: editText(state.name, event.edit) } : state;
    case 'rollback':
      // It was asked of the disk; whoever went on meanwhile is not called back.
      return state.mode === 'list' ? { mode: 'rollback', snapshot: event.snapshot } : state;
    default:
      return { mode: event.type };
  }
};
