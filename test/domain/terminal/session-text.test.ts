import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSessionText } from '../../../src/domain/terminal/session-text.ts';
import { hostileText } from '../../support/hostile-text.ts';
import { seed } from '../../support/soak.ts';

const passed = (text: string) => createSessionText().pass(Buffer.from(text));
const link = `https://claude.ai/oauth/authorize?z-${'AbC_9-'.repeat(8)}`;

it.each([
  ['text of all kinds', 'Zoë 日本 👩‍👩‍👧\r\n\tx\b\x07'],
  ['colours', '\x1b[1;31mred\x1b[38;2;1;2;3m\x1b[38:2::1:2:3mx\x1b[0m\x1b[m'],
  ['moves and erasures', '\x1b[2J\x1b[3;4H\x1b[K\x1b[5A\x1b7\x1b8\x1b[s\x1b[u\x1b[2;10r'],
  ['modes of a program', '\x1b[?25l\x1b[?2004h\x1b[?1049h\x1b[?2026h\x1b[?25h'],
])('lets through: %s', (_what, text) => {
  expect(passed(text)).toBe(text);
});

it.each([
  ['a title', '\x1b]0;rm -rf ~\x07'],
  ['a title that is given back', '\x1b]2;x\x1b\\\x1b[21t\x1b[22;2t'],
  ['the clipboard', '\x1b]52;c;b3duZWQ=\x07'],
  ['its contents', '\x1b]52;c;?\x1b\\'],
  ['a link to elsewhere', '\x1b]8;;https://evil.example/\x07'],
  ['questions', '\x05\x1b[c\x1b[>c\x1b[=c\x1b[6n\x1b[?6n\x1b[5n\x1b[x\x1b[?u\x1b[>q\x1b[?25$p\x1bZ'],
  ['questions for colours', '\x1b]4;1;?\x07\x1b]10;?\x07\x1b]11;?\x1b\\'],
  ['device strings', '\x1bP$qm\x1b\\\x1bP+q544e\x1b\\\x1b_G\x1b\\\x1b^x\x1b\\\x1bXx\x1b\\'],
  ['a reset', '\x1bc\x1b[!p'],
  ['character sets', '\x1b(0\x0e\x0f\x1b%@'],
  ['mouse and focus', '\x1b[?1000h\x1b[?1003h\x1b[?1006h\x1b[?1004h'],
  ['keyboard modes', '\x1b[>1u\x1b[>4;2m\x1b[<u'],
  ['a printer, a window', '\x1b[5i\x1b[4i\x1b[8;1;1t\x1b[3;0;0t'],
  ['a huge count', '\x1b[2000000000A\x1b[99999b'],
  ['all of C1', '\u009b6n\u009d0;x\u009c\u0090x\u009c\u0084\u0085'],
  ['changes of direction', '\u202e\u2066\u2069\u200f\u061c\u2028'],
  ['iTerm and others', '\x1b]1337;CopyToClipboard=x\x07\x1b]777;notify;a;b\x07\x1b]9;x\x07'],
])('keeps back: %s', (_what, text) => {
  expect(passed(`a${text}b`)).toBe('ab');
});

it('lets the link of the sign-in through, in its own words', () => {
  expect(passed(`\x1b]8;id=1;${link}\x07here\x1b]8;;\x07`)).toBe(`\x1b]8;;${link}\x1b\\here\x1b]8;;\x1b\\`);
});

it('says the same however the output is cut, also within a character', () => {
  const whole = Buffer.from(`日${hostileText}\x1b[31mé\x1b]8;;${link}\x1b\\x`);
  for (const size of [1, 2, 3, 7]) {
    const text = createSessionText();
    let out = '';
    for (let at = 0; at < whole.length; at += size) out += text.pass(whole.subarray(at, at + size));
    expect(out).toBe(passed(whole.toString()));
  }
});

it('a string without an end takes no memory, and ends with CAN', () => {
  const text = createSessionText();
  const before = process.memoryUsage().heapUsed;
  expect(text.pass(Buffer.from('\x1b]0;'))).toBe('');
  for (let count = 0; count < 200; count += 1) expect(text.pass(Buffer.alloc(100_000, 'x'))).toBe('');
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6);
  expect(text.pass(Buffer.from('\x18here'))).toBe('here');
});

/** Everything that may begin with an Escape. */
const allowed =
  /\x1b(?:\[\d{0,4}(?:[;:]\d{0,4})*[@A-HJ-MPSTXZ`ade-gmrsu]|\[\?(?:25|7|1|2004|47|1047|1049|2026)[hl]|[78DEM=>]|\]8;;\x1b\\)/g;

it('random output never makes a terminal do anything else than draw', () => {
  const part = fc.oneof(
    fc.constantFrom(
      '\x1b',
      '\x1b[',
      '\x1b]',
      '\x1bP',
      '?',
      ';',
      '25',
      'h',
      'm',
      'n',
      'c',
      '\x07',
      '\x1b\\',
      '\u009b',
      '\u009c',
      '\x18',
      '8;;',
      '52;c;',
      '>',
      '!',
      ' ',
      'x',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
      const out = passed(parts.join('')).replaceAll(allowed, '');
      expect(out).not.toMatch(/(?![\x07\b\t\n\r])[\p{Cc}\p{Bidi_Control}]/u);
    }),
    { numRuns: Number(process.env.CLAUDE_SETUP_TEST_RUNS ?? 3000), seed },
  );
});
