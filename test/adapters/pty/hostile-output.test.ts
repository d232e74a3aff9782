import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { createEmulator } from '../../../src/adapters/pty/emulator.ts';
import type { Screen } from '../../../src/ports/emulator.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const open = (columns = 40, rows = 8) => createEmulator().open({ columns, rows });
const texts = (screen: Screen) => screen.rows().map(({ runs }) => runs.map(({ text }) => text).join(''));

const told = (screen: Screen) => new Promise<void>((resolve) => screen.onChange(resolve));

/** Pieces of text that terminals and layouts measure differently. */
const awkward = [
  'a',
  '─',
  '│',
  '日',
  '한',
  '😀',
  '❤️',
  '👩‍👩‍👧',
  '🇩🇪',
  '1️⃣',
  '☕',
  '✔',
  'é',
  'नि',
  'ก็',
  'ﷺ',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u200d',
  '\ufe0f',
  '\u0301',
  '\u{e0041}',
  '\u{1f3fd}',
  '\u1100',
  '\u1161',
  '\x1b[31m',
  '\x1b[7m',
  '\x1b[3G',
  '\x1b[A',
  '\r',
  '\n',
  '\b',
  '\t',
  '\x1b[K',
  '\x1b[8m',
  '\x1b[0m',
];

describe('rows', () => {
  it('are exactly as wide as the terminal, whatever is written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constantFrom(...awkward), fc.string({ unit: 'grapheme' })), { maxLength: 60 }),
        async (parts) => {
          const screen = await open(20, 4);
          await screen.write(bytes(parts.join('')));
          for (const columns of [20, 19, 7, 33]) {
            screen.resize({ columns, rows: 4 });
            expect(texts(screen).map((text) => stringWidth(text))).toEqual(Array(4).fill(columns));
          }
          screen.dispose();
        },
      ),
      { numRuns: 300 },
    );
  });

  it('turn nobody around: what changes the direction stays inside', async () => {
    const screen = await open();
    await screen.write(bytes('a\u202eb\u2066c\u200fd\u061ce\ufefff\u2028g'));
    expect(texts(screen).join('')).not.toMatch(/[\p{Bidi_Control}\p{Cf}\p{Zl}]/u);
  });

  it('show emoji and wide characters as terminals do', async () => {
    const screen = await open();
    await screen.write(bytes('😀❤️👩‍👩‍👧日本é|'));
    expect(texts(screen)[0]?.trimEnd()).toBe('😀❤️👩‍👩‍👧日本é|');
    expect(screen.cursor.column).toBe(12);
  });
});

describe('bounds', () => {
  /** Fails with the time limit of the test when the emulator is kept busy. */
  it.each(['b', 'L', 'M', '@', 'P', 'X', 'S', 'T', 'I', 'Z'])(
    'CSI 2000000000 %s does nothing, at once',
    async (final) => {
      const screen = await open();
      await screen.write(bytes(`x\x1b[2000000000${final}\r\nstill here`));
      expect(texts(screen)[1]?.trimEnd()).toBe('still here');
    },
  );

  it('a sequence without an end is ended, and the text after it is shown', async () => {
    const screen = await open();
    await screen.write(bytes(`\x1b]0;${'t'.repeat(300_000)}`));
    await screen.write(bytes('\r\nstill here'));
    expect(texts(screen).join('\n')).toContain('still here');
    expect(screen.title.length).toBeLessThanOrEqual(200);
  });

  it('long text without escapes loses nothing to that, not even a character cut between two chunks', async () => {
    const screen = await open(30, 4);
    const text = bytes('é日'.repeat(40_000));
    for (let at = 0; at < text.length; at += 4099) await screen.write(text.subarray(at, at + 4099));
    // Anything lost would have moved everything after it.
    expect(texts(screen)).toEqual(Array(4).fill('é日'.repeat(10)));
  });

  it('one cell takes no text without an end', async () => {
    const screen = await open();
    await screen.write(bytes(`a${'\u0301'.repeat(50_000)}`));
    expect(Math.max(...texts(screen).map((text) => text.length))).toBeLessThan(40 * 20);
  });

  it('answers are given only so fast, and again later', async () => {
    const screen = await open();
    let answered = 0;
    screen.onReply(({ length }) => {
      answered += length;
    });
    await screen.write(bytes('\x1b[6n'.repeat(20_000)));
    expect(answered).toBeLessThan(20_000);
    const before = answered;
    const again = told(screen);
    await screen.write(bytes('.'));
    await again;
    await screen.write(bytes('\x1b[6n'));
    expect(answered).toBeGreaterThan(before);
  });

  it('links are not collected', async () => {
    const screen = await open();
    const link = (id: number) => `\x1b]8;id=${id};https://example.com/${id}\x07x\x1b]8;;\x07\r`;
    const flood = bytes(Array.from({ length: 2000 }, (_, id) => link(id)).join(''));
    for (let round = 0; round < 20; round += 1) await screen.write(flood);
    // With links kept this is quadratic: it took 47 s for 20 MB and 1.6 GB of memory.
    expect(texts(screen)[0]?.trimEnd()).toBe('x');
  });

  it('a write ends when the screen is closed in the middle of it, and later ones at once', async () => {
    const screen = await open();
    const writing = screen.write(bytes('x'.repeat(2_000_000)));
    screen.dispose();
    await writing;
    await screen.write(bytes('y'));
    screen.resize({ columns: 10, rows: 5 });
  });
});
