import { moveFocus } from '../../components/select-state.ts';
import { editText, type TextEdit, type TextState, textOf } from '../../components/text-state.ts';

/** Where the focus is and what is filtered for. The focus is a name: rows come and go around it. */
export interface ListState {
  readonly focus: string | null;
  /** Where the focus was, for when its row is gone. */
  readonly index: number;
  readonly filter: TextState;
}

export type ListEvent =
  /** `shown`: the names that are shown now, in order. */
  | { readonly type: 'moved'; readonly key: string; readonly shown: readonly string[] }
  | { readonly type: 'edited'; readonly edit: TextEdit }
  /** The filter was taken away; whoever had the focus keeps it. */
  | { readonly type: 'cleared'; readonly shown: readonly string[] }
  | { readonly type: 'focused'; readonly name: string };

export const newList = (focus: string | null): ListState => ({ focus, index: 0, filter: textOf('') });

/** The index of the focus among the names that are shown; the nearest one when its row is not. */
export const focusedIndex = ({ focus, index }: ListState, shown: readonly string[]): number => {
  const found = focus === null ? -1 : shown.indexOf(focus);
  return found >= 0 ? found : Math.max(0, Math.min(index, shown.length - 1));
};

export const reduceList = (state: ListState, event: ListEvent): ListState => {
  switch (event.type) {
    case 'moved': {
      const index = moveFocus(focusedIndex(state, event.shown), event.key, event.shown.length);
      return { ...state, focus: event.shown[index] ?? null, index };
    }
    case 'edited':
      return { ...state, index: 0, filter: editText(state.filter, event.edit) };
    case 'cleared': {
      const index = focusedIndex(state, event.shown);
      return { focus: event.shown[index] ?? state.focus, index, filter: textOf('') };
    }
    case 'focused':
      return { ...state, focus: event.name };
  }
};
