import stringWidth from 'string-width';
import { isPlain } from '../../../domain/plain-text.ts';

export const columnIds = [
  'name',
  'health',
  'account',
  'organization',
  'plan',
  'token',
  'login',
  'runtime',
  'directory',
] as const;
export type ColumnId = (typeof columnIds)[number];
export type Cells = Readonly<Record<ColumnId, string>>;

interface ColumnSpec {
  readonly title: string;
  /** Columns of the terminal below which it is better left out. */
  readonly least: number;
  /** Always that wide, so that nothing moves when a time ticks or a state changes. */
  readonly fixed?: true;
}

const specs: Readonly<Record<ColumnId, ColumnSpec>> = {
  name: { title: 'NAME', least: 15 },
  health: { title: 'HEALTH', least: 13, fixed: true },
  account: { title: 'ACCOUNT', least: 14 },
  organization: { title: 'ORGANISATION', least: 12 },
  plan: { title: 'PLAN', least: 4 },
  token: { title: 'TOKEN', least: 11, fixed: true },
  login: { title: 'LOGIN', least: 11, fixed: true },
  runtime: { title: 'RUNTIME', least: 7 },
  directory: { title: 'DIRECTORY', least: 16 },
};

/** Which columns there is room for is decided in this order. */
const byWorth: readonly ColumnId[] = [
  'name',
  'health',
  'token',
  'account',
  'login',
  'plan',
  'directory',
  'runtime',
  'organization',
];

/** Who gets what is left, and up to which width. */
const growing: readonly (readonly [ColumnId, number])[] = [
  ['name', 20],
  ['account', 48],
  ['name', 42],
  ['plan', 12],
  ['directory', 80],
  ['organization', 40],
];

export interface Column {
  readonly id: ColumnId;
  readonly title: string;
  readonly width: number;
}

/** Between two columns. */
export const columnGap = 2;

/** In columns of the terminal. Thousands are measured for every picture, and most need no look at each character. */
const widthOf = (text: string): number => (isPlain(text) ? text.length : stringWidth(text));

/** The columns that a table of these cells has on so many columns of the terminal, in the order they are shown. */
export const layoutColumns = (cells: readonly Cells[], room: number): readonly Column[] => {
  const wanted = (id: ColumnId): number => {
    const { title, least, fixed } = specs[id];
    if (fixed) return least;
    const widest = cells.reduce((width, row) => Math.max(width, widthOf(row[id])), 0);
    return Math.max(title.length, widest);
  };
  const widths = new Map<ColumnId, number>();
  let left = room + columnGap;
  for (const id of byWorth) {
    const width = Math.min(wanted(id), specs[id].least);
    if (widths.size > 0 && width + columnGap > left) continue;
    widths.set(id, Math.min(width, room));
    left -= width + columnGap;
  }
  for (const [id, most] of growing) {
    const width = widths.get(id);
    if (width === undefined) continue;
    const more = Math.max(0, Math.min(wanted(id) - width, most - width, left));
    widths.set(id, width + more);
    left -= more;
  }
  return columnIds.flatMap((id) => {
    const width = widths.get(id);
    return width === undefined ? [] : [{ id, title: specs[id].title, width }];
  });
};
