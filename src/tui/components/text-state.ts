/** A line of text under edit. `cursor` counts UTF-16 units from the start. */
export interface TextState {
  readonly value: string;
  readonly cursor: number;
}

export type TextEdit =
  | { readonly type: 'insert'; readonly text: string }
  | { readonly type: 'left' | 'right' | 'home' | 'end' | 'backspace' | 'delete' | 'clear' };

export const textOf = (value: string): TextState => ({ value, cursor: value.length });

const isControl = (character: string): boolean => /\p{C}/u.test(character);

export const editText = ({ value, cursor }: TextState, edit: TextEdit): TextState => {
  const before = [...value.slice(0, cursor)];
  const after = [...value.slice(cursor)];
  const join = (left: readonly string[], right: readonly string[]): TextState => {
    const start = left.join('');
    return { value: start + right.join(''), cursor: start.length };
  };
  switch (edit.type) {
    case 'insert':
      return join([...before, ...[...edit.text].filter((character) => !isControl(character))], after);
    case 'left':
      return join(before.slice(0, -1), [...before.slice(-1), ...after]);
    case 'right':
      return join([...before, ...after.slice(0, 1)], after.slice(1));
    case 'home':
      return { value, cursor: 0 };
    case 'end':
      return { value, cursor: value.length };
    case 'backspace':
      return join(before.slice(0, -1), after);
    case 'delete':
      return join(before, after.slice(1));
    case 'clear':
      return textOf('');
  }
};

const edits: Readonly<Record<string, Exclude<TextEdit['type'], 'insert'>>> = {
  left: 'left',
  right: 'right',
  home: 'home',
  'ctrl+a': 'home',
  end: 'end',
  'ctrl+e': 'end',
  // Most terminals send what Ink calls "delete" for the backspace key or the other way round; both delete backwards.
  backspace: 'backspace',
  delete: 'backspace',
  'ctrl+d': 'delete',
  'ctrl+u': 'clear',
};

/** The edit a key stands for; null when it is no key of a text field. */
export const editOfKey = (key: string): TextEdit | null => {
  const type = edits[key];
  if (type !== undefined) return { type };
  return [...key].length === 1 && !isControl(key) ? { type: 'insert', text: key } : null;
};
