import type { TerminalSize } from '../../../ports/session.ts';

/** Where the live checks go: beside the pane, below it in a grid, or in one line. */
export type ChecksPlace = 'beside' | 'below' | 'line';

export interface SessionLayout {
  readonly checks: ChecksPlace;
  /** The inside of the pane's border, which is the session's terminal. */
  readonly pane: TerminalSize;
}

/** Columns of the checks beside the pane, with the gap before them. */
export const checksWidth = 30;

/** Below this the pane would be too small to work in, and the session gets the whole terminal. */
export const isTooSmall = ({ columns, rows }: TerminalSize): boolean => columns < 60 || rows < 20;

/** Rows that the page around needs: header, steps, rule, title and its gap, foot. */
const pageRows = 6;

/** Rows of the link, of the gaps around the pane, and of the pane's border. */
const ownRows = 1 + 1 + 2;

const checksRows: Record<ChecksPlace, number> = { beside: 0, below: 1 + 2, line: 1 + 1 };

/** How a session and what stands around it share the screen. */
export const sessionLayout = ({ columns, rows }: TerminalSize): SessionLayout => {
  const checks = columns >= 100 ? 'beside' : rows >= 24 ? 'below' : 'line';
  return {
    checks,
    pane: {
      columns: Math.max(20, columns - 2 - 2 - (checks === 'beside' ? checksWidth : 0)),
      rows: Math.max(3, rows - pageRows - ownRows - checksRows[checks]),
    },
  };
};
