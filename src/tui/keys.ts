import type { Key } from 'ink';

/** A key by name (`enter`, `escape`, `up`, `ctrl+c`, …), or the character that was typed. */
export type KeyName = string;

/** A key of a screen. Keys without a label work and are shown only in the help. */
export interface Binding {
  /** Any of them. The first one is shown. */
  readonly on: readonly KeyName[];
  /** A word or two for the foot of the screen. */
  readonly label: string;
  /** Works, but is only shown in the help. */
  readonly quiet?: boolean;
  readonly run: () => void;
}

const named: readonly (readonly [keyof Key, KeyName])[] = [
  ['return', 'enter'],
  ['escape', 'escape'],
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'page up'],
  ['pageDown', 'page down'],
  ['home', 'home'],
  ['end', 'end'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/** What Ink tells about a key press, as key names. Several characters that arrive at once are several keys. */
export const keyNames = (input: string, key: Key): readonly KeyName[] => {
  if (key.tab) return [key.shift ? 'shift+tab' : 'tab'];
  const name = named.find(([flag]) => key[flag]);
  if (name !== undefined) return [name[1]];
  if (key.ctrl) return [`ctrl+${input}`];
  if (key.meta) return [];
  return [...input].map((character) => (character === '\r' || character === '\n' ? 'enter' : character));
};

/** How a key is called at the foot of the screen. */
export const keyTitle = (name: KeyName): string =>
  ({
    enter: 'Enter',
    escape: 'Esc',
    up: 'Up',
    down: 'Down',
    tab: 'Tab',
    'ctrl+c': 'Ctrl+C',
    'ctrl+g': 'Ctrl+G',
    'ctrl+t': 'Ctrl+T',
    'ctrl+]': 'Ctrl+]',
    ' ': 'Space',
  })[name] ?? name;

export const bindingOf = (bindings: readonly Binding[], key: KeyName): Binding | undefined =>
  bindings.find(({ on }) => on.includes(key));
