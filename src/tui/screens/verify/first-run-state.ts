import { editText, type TextEdit, type TextState, textOf } from '../../components/text-state.ts';

/** Which container folders to trust, and the field to change them. */
export interface FirstRunState {
  readonly folders: readonly string[];
  readonly editing: TextState | null;
}

export type FirstRunEvent =
  | { readonly type: 'editing' }
  | { readonly type: 'edited'; readonly edit: TextEdit }
  | { readonly type: 'closed'; readonly keep: boolean };

/** Where containers usually have their work. */
export const newFirstRun: FirstRunState = { folders: ['/workspace'], editing: null };

export const reduceFirstRun = (state: FirstRunState, event: FirstRunEvent): FirstRunState => {
  switch (event.type) {
    case 'editing':
      return { ...state, editing: textOf(state.folders.join(', ')) };
    case 'edited':
      return state.editing === null ? state : { ...state, editing: editText(state.editing, event.edit) };
    case 'closed':
      if (state.editing === null) return state;
      return { folders: event.keep ? foldersOf(state.editing.value) : state.folders, editing: null };
  }
};

/** Folders as they were typed, with commas between; only whole paths can be trusted. */
export const foldersOf = (typed: string): readonly string[] => [
  ...new Set(
    typed
      .split(',')
      .map((folder) => folder.trim())
      .filter((folder) => folder.startsWith('/'))
      .map((folder) => (folder.length > 1 ? folder.replace(/\/+$/, '') : folder)),
  ),
];
