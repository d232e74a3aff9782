import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEmulator } from '../../../src/adapters/pty/emulator.ts';
import { createPainter } from '../../../src/tui/terminal/painter.ts';
import { createTerminal } from '../../support/terminal.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

const setup = async (columns = 20, rows = 5) => {
  const terminal = await createTerminal(columns, rows);
  const screen = await createEmulator().open({ columns, rows });
  const painter = createPainter(terminal.stdout, screen, true);
  const flushed = () => new Promise<void>((resolve) => terminal.stdout.write('', () => resolve()));
  const shown = () =>
    screen
      .rows()
      .map(({ runs }) =>
        runs
          .map(({ text }) => text)
          .join('')
          .trimEnd(),
      )
      .join('\n')
      .trimEnd();
  return { terminal, screen, painter, flushed, shown };
};

const pieces = [
  'a',
  'word ',
  '日',
  '😀',
  'x'.repeat(20),
  '\x1b[31mred',
  '\x1b[7m',
  '\x1b[0m',
  '\x1b[44m',
  '\r\n',
  '\r',
  '\x1b[A',
  '\x1b[2;3H',
  '\x1b[K',
  '\x1b[2J',
  '\x1b[L',
  '\x1b[M',
  '\b',
];

describe('createPainter', () => {
  it('a terminal shows what the session drew, picture after picture and at every size', async () => {
    const { terminal, screen, painter, flushed, shown } = await setup();
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12 }) },
      {
        weight: 1,
        arbitrary: fc.record({
          columns: fc.integer({ min: 4, max: 40 }),
          rows: fc.integer({ min: 2, max: 9 }),
        }),
      },
    );
    await fc.assert(
      fc.asyncProperty(step, async (change) => {
        if (Array.isArray(change)) {
          await screen.write(bytes(change.join('')));
          painter.paint();
        } else {
          terminal.resize(change.columns, change.rows);
          screen.resize(change);
          painter.repaint();
        }
        await flushed();
        expect(terminal.frame()).toBe(shown());
      }),
      { numRuns: 200 },
    );
  });

  it('erases nothing after a full row, whose last cell the cursor is still on', async () => {
    const { terminal, screen, painter, flushed } = await setup();
    await screen.write(bytes(`${'x'.repeat(20)}\r\nshort`));
    painter.paint();
    await flushed();
    expect(terminal.written()).toContain('short\x1b[K');
    expect(terminal.written()).not.toMatch(/x{20}\x1b\[K/);
  });

  it('marks pastes for the session while it wants them marked, and leaves the terminal as it was', async () => {
    const { terminal, screen, painter, flushed } = await setup();
    await screen.write(bytes('\x1b[?2004h'));
    painter.paint();
    await flushed();
    expect(terminal.modes.bracketedPaste()).toBe(true);
    painter.close();
    await flushed();
    expect(terminal.modes.bracketedPaste()).toBe(false);
    expect(terminal.frame()).toBe('');
  });
});
