import type { Screen } from '../../ports/emulator.ts';
import { styled } from './sgr.ts';

export interface Painter {
  /** Draws what changed since the last time. */
  paint(): void;
  /** Leaves the terminal as it was. */
  close(): void;
}

/**
 * Draws a session's screen on the whole terminal, changed rows only. Everything comes out of the emulator, so nothing
 * that the session wrote reaches the terminal as it is, and tokens stay masked.
 */
export const createPainter = (
  stdout: Pick<NodeJS.WritableStream, 'write'>,
  screen: Screen,
  color: boolean,
): Painter => {
  let drawn: readonly string[] = [];
  let pasting = false;
  // A screen of its own, so that what was on the terminal is there again afterwards.
  stdout.write('\x1b[?1049h\x1b[2J');
  return {
    paint() {
      const rows = screen.rows().map(({ runs }) => runs.map((run) => styled(run, color)).join(''));
      const changes = rows.flatMap((row, index) =>
        row === drawn[index] ? [] : [`\x1b[${index + 1};1H${row}\x1b[K`],
      );
      drawn = rows;
      const { column, row, visible } = screen.cursor;
      const paste = screen.bracketedPaste === pasting ? '' : `\x1b[?2004${screen.bracketedPaste ? 'h' : 'l'}`;
      pasting = screen.bracketedPaste;
      // Synchronized, so that terminals that know it never show half a picture.
      stdout.write(
        `\x1b[?2026h\x1b[?25l${changes.join('')}\x1b[${row + 1};${column + 1}H${visible ? '\x1b[?25h' : ''}${paste}\x1b[?2026l`,
      );
    },
    close() {
      stdout.write('\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l');
    },
  };
};
