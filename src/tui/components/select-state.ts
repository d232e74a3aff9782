import type { Binding } from '../keys.ts';

const movingKeys = ['up', 'down', 'k', 'j', 'page up', 'page down', 'home', 'end'] as const;

/** Where the focus of a list goes with a key; the same place for any other key. It stops at both ends. */
export const moveFocus = (index: number, key: string, count: number): number => {
  const to: Readonly<Record<string, number>> = {
    up: index - 1,
    k: index - 1,
    down: index + 1,
    j: index + 1,
    'page up': index - 10,
    'page down': index + 10,
    home: 0,
    end: count - 1,
  };
  return Math.max(0, Math.min(count - 1, to[key] ?? index));
};

/** The first of `rows` rows to show of a list so that the focus is among them, with some of what is around it. */
export const firstShown = (index: number, count: number, rows: number): number =>
  Math.max(0, Math.min(index - Math.floor(rows / 2), count - rows));

/** The keys that move through a list; only the plainest two stand in the help, as `verb` up and down. */
export const movingBindings = (verb: string, move: (key: string) => void): readonly Binding[] =>
  movingKeys.map((key) => ({
    on: [key],
    label: key === 'up' || key === 'down' ? `${verb} ${key}` : '',
    quiet: true,
    run: () => move(key),
  }));
