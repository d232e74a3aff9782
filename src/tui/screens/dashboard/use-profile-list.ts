import { useMemo, useReducer } from 'react';
import { movingBindings } from '../../components/select-state.ts';
import type { TextEdit, TextState } from '../../components/text-state.ts';
import type { Binding } from '../../keys.ts';
import { usePorts } from '../../ports-context.tsx';
import { focusedIndex, newList, reduceList } from './list-state.ts';
import { filterRows, type ProfileRow } from './profile-rows.ts';

export interface ProfileList {
  readonly rows: readonly ProfileRow[];
  /** Those that the filter leaves. */
  readonly shown: readonly ProfileRow[];
  readonly index: number;
  readonly focused: ProfileRow | undefined;
  readonly filter: TextState;
  readonly bindings: readonly Binding[];
  readonly edit: (edit: TextEdit) => void;
  readonly clear: () => void;
  readonly focus: (name: string) => void;
}

/** The profiles with a focus and a filter. The focus begins at `first`, else at the default profile. */
export const useProfileList = (rows: readonly ProfileRow[], first: string | null): ProfileList => {
  const { homeDir } = usePorts().host;
  const [state, dispatch] = useReducer(reduceList, first, (name) =>
    newList(name ?? rows.find(({ isDefault }) => isDefault)?.profile.name ?? null),
  );
  const { filter } = state;
  const shown = useMemo(() => filterRows(rows, filter.value, homeDir), [rows, filter.value, homeDir]);
  const names = useMemo(() => shown.map(({ profile }) => profile.name), [shown]);
  const index = focusedIndex(state, names);
  return {
    rows,
    shown,
    index,
    focused: shown[index],
    filter,
    bindings: movingBindings('move', (key) => dispatch({ type: 'moved', key, shown: names })),
    edit: (edit) => dispatch({ type: 'edited', edit }),
    clear: () => dispatch({ type: 'cleared', shown: names }),
    focus: (name) => dispatch({ type: 'focused', name }),
  };
};
