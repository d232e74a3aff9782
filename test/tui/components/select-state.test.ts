import { expect, it } from 'vitest';
import { firstShown, moveFocus } from '../../../src/tui/components/select-state.ts';

it.each([
  [0, 'down', 1],
  [2, 'j', 2],
  [0, 'up', 0],
  [2, 'k', 1],
  [2, 'home', 0],
  [0, 'end', 2],
  [1, 'x', 1],
])('the focus goes from %i with %s to %i', (from, key, to) => expect(moveFocus(from, key, 3)).toBe(to));

it.each([
  [0, 10, 4, 0],
  [5, 10, 4, 3],
  [9, 10, 4, 6],
  [1, 2, 4, 0],
])('with the focus at %i of %i, %i rows begin at %i', (index, count, rows, first) =>
  expect(firstShown(index, count, rows)).toBe(first),
);
