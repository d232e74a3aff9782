/**
 * Who has the keys. `pane`: the session, byte for byte. `menu`: ours, one key each. `code`: the field for the code.
 * `qr`: the link as a picture, over the pane. `away`: the session has the whole terminal.
 */
export type SessionFocus = 'pane' | 'menu' | 'code' | 'qr' | 'away';

export interface SessionViewState {
  readonly focus: SessionFocus;
  /** One line about what a key just did. */
  readonly said: string | null;
}

export type SessionViewEvent =
  | { readonly type: 'focus'; readonly focus: SessionFocus }
  | { readonly type: 'did'; readonly said: string };

export const initialSessionView: SessionViewState = { focus: 'pane', said: null };

/** What a key did is said until the next one. After doing something the session has the keys again. */
export const reduceSessionView = (_state: SessionViewState, event: SessionViewEvent): SessionViewState =>
  event.type === 'focus' ? { focus: event.focus, said: null } : { focus: 'pane', said: event.said };
