import type { Measured, Row } from './row.ts';
import { median, quantile } from './samples.ts';

/** What became of a row. */
export type Result =
  | {
      readonly row: Row;
      readonly measured: Measured;
      readonly value: number;
      readonly holds: boolean | null;
    }
  | { readonly row: Row; readonly leftOut: string };

export const judge = (row: Row, measured: Measured): Result => {
  const ours = median(measured.ours);
  const reference = measured.reference === undefined ? null : median(measured.reference);
  const values = {
    itself: () => ours,
    ratio: () => ours / (reference ?? Number.NaN),
    difference: () => ours - (reference ?? Number.NaN),
  };
  const value = values[row.comparison]();
  return { row, measured, value, holds: row.limit === null ? null : value <= row.limit };
};

const number = (value: number): string =>
  value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);

const spread = (samples: Measured['ours'], unit: string): string =>
  `${number(median(samples))} ${unit} (${number(quantile(samples, 0.25))}–${number(quantile(samples, 0.75))}, n=${samples.length})`;

const shownValue = ({ comparison, unit }: Row, value: number): string =>
  comparison === 'ratio'
    ? `${value.toFixed(2)} ×`
    : `${comparison === 'difference' && value >= 0 ? '+' : ''}${number(value)} ${unit}`;

const line = (result: Result): readonly string[] => {
  const { row } = result;
  const bound =
    row.limit === null
      ? ''
      : `≤ ${row.comparison === 'ratio' ? `${row.limit} ×` : `${row.comparison === 'difference' ? '+' : ''}${row.limit} ${row.unit}`}`;
  if ('leftOut' in result) return [row.what, '', row.against, '', bound, `left out: ${result.leftOut}`];
  const { measured, value, holds } = result;
  const missed = ['**misses**', row.reason].filter(Boolean).join(': ');
  const verdict = holds === null ? '' : holds ? 'holds' : missed;
  return [
    row.what,
    spread(measured.ours, row.unit),
    measured.reference === undefined
      ? row.against
      : `${row.against}: ${spread(measured.reference, row.unit)}`,
    shownValue(row, value),
    bound,
    [verdict, measured.note].filter(Boolean).join('; '),
  ];
};

/** The table. Medians with the quartiles in parentheses. */
export const markdown = (results: readonly Result[]): string =>
  [
    ['what', 'ours', 'reference', 'value', 'bound', ''],
    ['---', '---', '---', '---', '---', '---'],
    ...results.map(line),
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

export const asJson = (results: readonly Result[]) =>
  results.map((result) => {
    const { name, what, against, unit, comparison, limit } = result.row;
    const row = { name, what, against, unit, comparison, limit };
    if ('leftOut' in result) return { ...row, leftOut: result.leftOut };
    const { measured, value, holds } = result;
    return { ...row, value, holds, ...(holds === false && { reason: result.row.reason }), ...measured };
  });
