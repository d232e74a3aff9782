import type { Key } from 'ink';
import { describe, expect, it } from 'vitest';
import { bindingOf, keyNames, keyTitle } from '../../src/tui/keys.ts';

const none = {} as Key;
const press = (key: Partial<Key>) => ({ ...none, ...key });

describe('names of keys', () => {
  it.each([
    ['', { return: true }, ['enter']],
    ['', { escape: true }, ['escape']],
    ['', { upArrow: true }, ['up']],
    ['', { tab: true }, ['tab']],
    ['', { tab: true, shift: true }, ['shift+tab']],
    ['c', { ctrl: true }, ['ctrl+c']],
    ['b', { meta: true }, []],
    ['q', {}, ['q']],
    ['?', {}, ['?']],
  ])('%j with %j are %j', (input, key, names) => {
    expect(keyNames(input, press(key))).toEqual(names);
  });

  it('takes several characters at once for several keys', () => {
    expect(keyNames('dev\r', none)).toEqual(['d', 'e', 'v', 'enter']);
  });

  it('are shown as they stand on a keyboard', () => {
    expect(['enter', 'escape', 'ctrl+c', 'l', '?'].map(keyTitle)).toEqual([
      'Enter',
      'Esc',
      'Ctrl+C',
      'l',
      '?',
    ]);
  });
});

it('finds the binding of a key by any of its names', () => {
  const binding = { on: ['enter', 'r'], label: 'try again', run: () => {} };
  expect(bindingOf([binding], 'r')).toBe(binding);
  expect(bindingOf([binding], 'x')).toBeUndefined();
});
