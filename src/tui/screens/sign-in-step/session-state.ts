/**
 * Who has the keys. `pane`: the session, byte for byte. `menu`: ours, one key each. `code`: the field for the code.
 * `qr`: the link as a picture, over the pane. `away`: the session has the whole terminal.
 */
export type SessionFocus = 'pane' | 'menu' | 'code' | 'qr' | 'away';

export interface SessionViewState {
  readonly focus: SessionFocus;
  /** One line about what a key just did. */
  readonly said: string | null;
  /** What the session wants on the clipboard, until a person said yes or something else was said. */
  readonly offered: string | null;
}

export type SessionViewEvent =
  | { readonly type: 'focus'; readonly focus: SessionFocus }
  | { readonly type: 'did'; readonly said: string }
  | { readonly type: 'offered'; readonly text: string };

export const initialSessionView: SessionViewState = { focus: 'pane', said: null, offered: null };

/** What a key did is said until the next one. After doing something the session has the keys again. */
export const reduceSessionView = (state: SessionViewState, event: SessionViewEvent): SessionViewState => {
  switch (event.type) {
    case 'focus':
      return { ...state, focus: event.focus, said: null };
    case 'did':
      return { focus: 'pane', said: event.said, offered: null };
    case 'offered':
      return { ...state, said: null, offered: event.text };
  }
};
