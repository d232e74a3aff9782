import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plainJson, plainText } from '../../src/domain/plain-text.ts';
import { unprintable } from '../support/hostile-text.ts';

it.each([
  ['an escape sequence', 'a\u001b[2Jb', 'a?[2Jb'],
  ['a title', '\u001b]0;x\u0007', '?]0;x?'],
  ['a sequence of C1', '\u009b2J\u009d52;c;eA==\u009c', '?2J?52;c;eA==?'],
  ['lines and tabs', 'a\r\nb\tc\u0085d\u2028e\u2029', 'a??b c?d?e?'],
  ['a change of direction', 'a\u202eb\u2066c\u2069\u200f\u061c', 'a?b?c???'],
  ['what has no width', 'a\u200bb\u200dc\ufeffd\u00ade\u2060f\u3164g\u{e0041}', 'a?b?c?d?e?f?g?'],
  ['half a character', 'a\ud800b', 'a?b'],
  ['names of people', 'Zoë Ådne 日本 नि ❤️ ✔ é', 'Zoë Ådne 日本 नि ❤️ ✔ é'],
])('plain text of %s', (_what, text, expected) => {
  expect(plainText(text)).toBe(expected);
});

it('no text keeps anything that a terminal would obey, and doing it twice changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const plain = plainText(text);
      expect(plain).not.toMatch(unprintable);
      expect(plainText(plain)).toBe(plain);
    }),
    { numRuns: Number(process.env.CLAUDE_SETUP_TEST_RUNS ?? 2000) },
  );
});

it('JSON keeps what it says, in characters that can be printed', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })),
      fc.constantFrom(undefined, 2),
      (value, indent) => {
        const text = plainJson(value, indent);
        expect(text.replaceAll('\n', '')).not.toMatch(unprintable);
        expect(JSON.parse(text)).toEqual(value);
      },
    ),
    { numRuns: Number(process.env.CLAUDE_SETUP_TEST_RUNS ?? 2000) },
  );
});
