import fc from 'fast-check';
import { Box, Text } from 'ink';
import { describe, expect, it, vi } from 'vitest';
import { createEmulator } from '../../../src/adapters/pty/emulator.ts';
import type { Screen } from '../../../src/ports/emulator.ts';
import { Pane } from '../../../src/tui/components/pane.tsx';
import { createTheme, ThemeContext } from '../../../src/tui/theme.ts';
import { renderAt } from '../../support/terminal.ts';

const size = { columns: 30, rows: 6 };
const bytes = (text: string) => new TextEncoder().encode(text);
const open = () => createEmulator().open(size);

const shown = (screen: Screen) =>
  screen.rows().map(({ runs }) =>
    runs
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );

const draw = async (screen: Screen, env: Record<string, string> = {}, focused = true) =>
  renderAt(
    { columns: 40, rows: 12 },
    <ThemeContext value={createTheme({ LANG: 'C.UTF-8', ...env })}>
      <Box flexDirection="column">
        <Text>above</Text>
        <Box borderStyle="round" flexShrink={0} alignSelf="flex-start">
          <Pane screen={screen} {...size} focused={focused} />
        </Box>
        <Text>below</Text>
      </Box>
    </ThemeContext>,
  );

/** What stands inside the border, if the border is whole. */
const inside = (frame: string) =>
  frame
    .split('\n')
    .slice(2, 2 + size.rows)
    .map((line) => /^│(.*)│$/u.exec(line)?.[1]?.trimEnd() ?? `border broken: ${line}`);

const pieces = [
  'word ',
  'longer words here ',
  '日本 ',
  '😀 ',
  '❤️',
  '👩‍👩‍👧',
  'é',
  '─────',
  '│',
  '\x1b[31m',
  '\x1b[38;5;200m',
  '\x1b[48;2;1;2;3m',
  '\x1b[1;4m',
  '\x1b[7m',
  '\x1b[0m',
  '\r\n',
  '\r',
  '\x1b[A',
  '\x1b[2;5H',
  '\x1b[K',
  '\x1b[2J',
  '\x1b[3L',
  '\t',
  '\b',
];

describe('Pane', () => {
  it('shows on a real terminal what the session drew, picture after picture', async () => {
    const screen = await open();
    const app = await draw(screen);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 25 }),
        async (parts) => {
          await screen.write(bytes(parts.join('')));
          await vi.waitFor(() => expect(inside(app.frame())).toEqual(shown(screen)), {
            timeout: 2000,
            interval: 5,
          });
        },
      ),
      { numRuns: 60 },
    );
    expect(app.frame()).toMatch(/^above\n╭─{30}╮\n[\s\S]*\n╰─{30}╯\nbelow$/);
  }, 30_000);

  it('shows the cursor in reverse while it has the keys, on wide characters too', async () => {
    const screen = await open();
    await screen.write(bytes('日本\x1b[1;3H'));
    const focused = await draw(screen);
    await focused.waitFor('日本');
    expect(focused.written()).toContain('\x1b[7m本\x1b[27m');
    const unfocused = await draw(screen, {}, false);
    await unfocused.waitFor('日本');
    expect(unfocused.written()).not.toContain('\x1b[7m');
    await screen.write(bytes('\x1b[?25l'));
    const hidden = await draw(screen);
    await hidden.waitFor('日本');
    expect(hidden.written()).not.toContain('\x1b[7m');
  });

  it('has the colours of the session, and none with NO_COLOR', async () => {
    const screen = await open();
    await screen.write(bytes('\x1b[31mred\x1b[0m \x1b[1;38;2;1;2;3mdark\x1b[0m'));
    const colored = await draw(screen);
    await colored.waitFor('red dark');
    expect(colored.written()).toMatch(/\x1b\[31mred[\s\S]*38;2;1;2;3/);
    const plain = await draw(screen, { NO_COLOR: '1' });
    await plain.waitFor('red dark');
    expect(plain.written()).not.toMatch(/\x1b\[31m|38;2/);
    expect(plain.written()).toContain('\x1b[1m');
  });

  it('a key costs few bytes on the wire', async () => {
    const screen = await open();
    await screen.write(bytes(Array(size.rows).fill('\x1b[32msome text of the session\x1b[0m').join('\r\n')));
    const app = await draw(screen);
    await app.waitFor('below');
    await vi.waitFor(() => expect(inside(app.frame())).toEqual(shown(screen)));
    const before = app.written().length;
    await screen.write(bytes('x'));
    await app.waitFor('session\x78');
    // A whole frame has several hundred.
    expect(app.written().length - before).toBeLessThan(200);
  });
});
