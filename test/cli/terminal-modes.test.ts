import { expect, it } from 'vitest';
import { createModeWatch } from '../../src/domain/terminal-modes.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const undoAfter = (...chunks: readonly string[]) => {
  const modes = createModeWatch();
  for (const chunk of chunks) modes.watch(bytes(chunk));
  return modes.undo();
};

it('undoes what a program left behind, and nothing else', () => {
  expect(undoAfter('plain text \x1b[1mbold\x1b[0m\x1b[2K')).toBe('');
  expect(undoAfter('\x1b[?1049h\x1b[?25l\x1b[?2004h')).toBe('\x1b[?25h\x1b[?2004l\x1b[?1049l');
  expect(undoAfter('\x1b[?1049h\x1b[?25l', 'x\x1b[?25h\x1b[?1049l')).toBe('');
  expect(undoAfter('\x1b[?1000;1006h')).toBe('\x1b[?1000l\x1b[?1006l');
});

it('knows the stack of keyboard modes', () => {
  expect(undoAfter('\x1b[>5u\x1b[>1u')).toBe('\x1b[<2u');
  expect(undoAfter('\x1b[>5u', '\x1b[<u')).toBe('');
  expect(undoAfter('\x1b[>4;2m')).toBe('\x1b[>4m');
  expect(undoAfter('\x1b[>4;2m\x1b[>4m')).toBe('');
});

it('finds a sequence that is cut between two chunks, and each one once', () => {
  expect(undoAfter('abc\x1b[?20', '04h')).toBe('\x1b[?2004l');
  expect(undoAfter('\x1b[>5u', 'x', '\x1b[<u')).toBe('');
  expect(undoAfter('\x1b', '[', '?', '2', '5', 'l')).toBe('\x1b[?25h');
});
