import stringWidth from 'string-width';
import { expect } from 'vitest';

/** The frame fills that many rows, and no line of it is wider than the columns, as a terminal counts them. */
export const expectFits = (frame: string, columns: number, rows: number): void => {
  const lines = frame.split('\n');
  expect(lines).toHaveLength(rows);
  expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
};
