import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSessionInput } from '../../../src/tui/terminal/session-input.ts';

const share = (...chunks: readonly string[]) => {
  const input = createSessionInput();
  return chunks.map((chunk) => {
    const { session, rest } = input(Buffer.from(chunk, 'latin1'));
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
    return [text(session), rest === null ? null : text(rest)];
  });
};

describe('what is typed into a session', () => {
  it.each<[string, readonly string[], readonly (readonly [string, string | null])[]]>([
    [
      'goes to it as it is',
      ['a\x1b', '\x03\x1b[A'],
      [
        ['a\x1b', null],
        ['\x03\x1b[A', null],
      ],
    ],
    ['up to the prefix key, the rest not', ['ab\x1dxy'], [['ab', 'xy']]],
    ['and the prefix key alone leaves nothing over', ['\x1d'], [['', '']]],
    ['of two prefix keys the second is the rest', ['\x1d\x1d'], [['', '\x1d']]],
    ['in a paste the prefix is text', ['\x1b[200~a\x1db\x1b[201~'], [['\x1b[200~a\x1db\x1b[201~', null]]],
    ['after a paste it is a key again', ['\x1b[200~a\x1d\x1b[201~\x1do'], [['\x1b[200~a\x1d\x1b[201~', 'o']]],
    ['before a paste it is one', ['\x1d\x1b[200~a\x1b[201~'], [['', '\x1b[200~a\x1b[201~']]],
    [
      'whatever the chunks are',
      ['\x1b[2', '00~a', '\x1d', 'b\x1b[20', '1~', 'c\x1dd'],
      [
        ['\x1b[2', null],
        ['00~a', null],
        ['\x1d', null],
        ['b\x1b[20', null],
        ['1~', null],
        ['c', 'd'],
      ],
    ],
  ])('%s', (_what, chunks, expected) => {
    expect(share(...chunks)).toEqual(expected);
  });

  it('loses, adds and changes nothing, however it is cut', () => {
    const part = fc.constantFrom('\x1b[200~', '\x1b[201~', 'text', '\x1b', '[', '20', '1~', '\xff', '\0');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (parts, length) => {
        const all = parts.join('');
        const chunks = all.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? [];
        expect(
          share(...chunks)
            .map(([session]) => session)
            .join(''),
        ).toBe(all);
      }),
    );
  });
});
