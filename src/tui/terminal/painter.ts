import { plainText } from '../../domain/plain-text.ts';
import type { Screen, ScreenRow } from '../../ports/emulator.ts';
import { styled } from './sgr.ts';

export interface Painter {
  /** Draws what changed since the last time. */
  paint(): void;
  /** Draws everything, after the terminal changed its size. */
  repaint(): void;
  /** Leaves the terminal as it was. */
  close(): void;
}

/** A screen of its own, so that what was on the terminal is there again afterwards. Lines that are too long are cut. */
const open = '\x1b[?1049h\x1b[?7l';
const closed = '\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?7h\x1b[?1049l';

/**
 * Draws a session's screen on the whole terminal, changed rows only. Everything comes out of the emulator, so nothing
 * that the session wrote reaches the terminal as it is, and tokens stay masked.
 */
export const createPainter = (
  stdout: Pick<NodeJS.WritableStream, 'write'>,
  screen: Screen,
  color: boolean,
  /** One line of ours over the last row; null for none. */
  warning: () => string | null = () => null,
): Painter => {
  let drawn: readonly string[] = [];
  let pasting = false;
  const draw = (before: string) => {
    const rows = screen.rows().map((row) => drawnRow(row, color));
    const said = warning();
    if (said !== null) rows[rows.length - 1] = `\x1b[7m${plainText(said)}\x1b[0m\x1b[K`;
    const changes = rows.flatMap((row, index) =>
      row === drawn[index] ? [] : [`\x1b[${index + 1};1H${row}`],
    );
    drawn = rows;
    const { column, row, visible } = screen.cursor;
    const paste = screen.bracketedPaste === pasting ? '' : `\x1b[?2004${screen.bracketedPaste ? 'h' : 'l'}`;
    pasting = screen.bracketedPaste;
    // Synchronized, so that terminals that know it never show half a picture.
    stdout.write(
      `\x1b[?2026h\x1b[?25l${before}${changes.join('')}\x1b[${row + 1};${column + 1}H${visible ? '\x1b[?25h' : ''}${paste}\x1b[?2026l`,
    );
  };
  stdout.write(open);
  return {
    paint: () => draw(''),
    repaint() {
      drawn = [];
      draw('\x1b[2J');
    },
    close: () => void stdout.write(closed),
  };
};

/**
 * A row without the blanks at its end; the rest of the line is erased. Not after a full row: the cursor still stands on
 * its last cell there, and that would be erased with it (source: xterm, "EL").
 */
const drawnRow = ({ runs }: ScreenRow, color: boolean): string => {
  const last = runs.at(-1);
  const isPlain = last !== undefined && Object.keys(last.style).length === 0;
  const end = isPlain ? last.text.trimEnd() : '';
  if (!isPlain || end === last.text) return runs.map((run) => styled(run, color)).join('');
  return `${runs
    .slice(0, -1)
    .map((run) => styled(run, color))
    .join('')}${end}\x1b[K`;
};
