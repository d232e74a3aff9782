import { editText, type TextEdit, type TextState, textOf } from '../../components/text-state.ts';

/** A profile being made: its name first, then its directory, then a question when the directory is in use. */
export type ProfileState =
  | { readonly mode: 'list' }
  | { readonly mode: 'name'; readonly name: TextState }
  | { readonly mode: 'directory'; readonly name: string; readonly directory: TextState }
  | {
      readonly mode: 'occupied';
      readonly name: string;
      readonly directory: string;
      readonly names: readonly string[];
    };

export type ProfileEvent =
  | { readonly type: 'listed' }
  | { readonly type: 'naming'; readonly name: string }
  | { readonly type: 'named'; readonly name: string; readonly directory: string }
  | { readonly type: 'occupied'; readonly directory: string; readonly names: readonly string[] }
  | { readonly type: 'edited'; readonly edit: TextEdit };

export const reduceProfile = (state: ProfileState, event: ProfileEvent): ProfileState => {
  switch (event.type) {
    case 'listed':
      return { mode: 'list' };
    case 'naming':
      return { mode: 'name', name: textOf(event.name) };
    case 'named':
      return { mode: 'directory', name: event.name, directory: textOf(event.directory) };
    case 'occupied':
      return state.mode === 'directory'
        ? { mode: 'occupied', name: state.name, directory: event.directory, names: event.names }
        : state;
    case 'edited':
      if (state.mode === 'name') return { ...state, name: editText(state.name, event.edit) };
      if (state.mode === 'directory') return { ...state, directory: editText(state.directory, event.edit) };
      return state;
  }
};

/** A directory as it was typed, with `~` for the home directory, as an absolute path; null when it is not one. */
export const absoluteDirectory = (typed: string, home: string): string | null => {
  const text = typed.trim();
  const path = text === '~' || text.startsWith('~/') ? home + text.slice(1) : text;
  if (!path.startsWith('/')) return null;
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
};

/** A path under the home directory with `~`, for people. */
export const shortPath = (path: string, home: string): string =>
  path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
