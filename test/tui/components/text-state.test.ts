import { describe, expect, it } from 'vitest';
import { editOfKey, editText, type TextEdit, textOf } from '../../../src/tui/components/text-state.ts';

const edit = (value: string, ...edits: readonly TextEdit[]) => edits.reduce(editText, textOf(value));

describe('editing a line of text', () => {
  it('inserts at the cursor', () => {
    expect(edit('ac', { type: 'left' }, { type: 'insert', text: 'b' })).toEqual({ value: 'abc', cursor: 2 });
  });

  it('leaves line breaks and control characters out', () => {
    expect(edit('', { type: 'insert', text: '/a\n/b\x1b\t' }).value).toBe('/a/b');
  });

  it('deletes whole characters', () => {
    expect(edit('a😀', { type: 'backspace' })).toEqual({ value: 'a', cursor: 1 });
    expect(edit('😀b', { type: 'home' }, { type: 'delete' })).toEqual({ value: 'b', cursor: 0 });
  });

  it('stays inside the text', () => {
    expect(edit('a', { type: 'right' }, { type: 'home' }, { type: 'left' }, { type: 'backspace' })).toEqual({
      value: 'a',
      cursor: 0,
    });
  });

  it('goes to the end and clears', () => {
    expect(edit('ab', { type: 'home' }, { type: 'end' }).cursor).toBe(2);
    expect(edit('ab', { type: 'clear' })).toEqual({ value: '', cursor: 0 });
  });
});

it.each([
  ['a', { type: 'insert', text: 'a' }],
  ['ctrl+u', { type: 'clear' }],
  ['backspace', { type: 'backspace' }],
  ['enter', null],
  ['page up', null],
])('the key %s is the edit %j', (key, expected) => expect(editOfKey(key)).toEqual(expected));
