import stringWidth from 'string-width';

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
  readonly most: number;
  /** Always as wide as `most`, so that nothing moves when a time ticks or a state changes. */
  readonly fixed?: true;
}

const specs: Readonly<Record<ColumnId, ColumnSpec>> = {
  name: { title: 'NAME', least: 15, most: 42 },
  health: { title: 'HEALTH', least: 13, most: 13, fixed: true },
  account: { title: 'ACCOUNT', least: 16, most: 48 },
  organization: { title: 'ORGANISATION', least: 12, most: 40 },
  plan: { title: 'PLAN', least: 4, most: 12 },
  token: { title: 'TOKEN', least: 11, most: 11, fixed: true },
  login: { title: 'LOGIN', least: 11, most: 11, fixed: true },
  runtime: { title: 'RUNTIME', least: 7, most: 7 },
  directory: { title: 'DIRECTORY', least: 16, most: 80 },
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
  'organization',
  'runtime',
];

/** Who gets what is left. */
const growing: readonly ColumnId[] = ['account', 'name', 'plan', 'directory', 'organization'];

export interface Column {
  readonly id: ColumnId;
  readonly title: string;
  readonly width: number;
}

/** Between two columns. */
export const columnGap = 2;

/** The columns that a table of these cells has on so many columns of the terminal, in the order they are shown. */
export const layoutColumns = (cells: readonly Cells[], room: number): readonly Column[] => {
  const wanted = (id: ColumnId): number => {
    const { title, most, fixed } = specs[id];
    if (fixed) return most;
    const widest = cells.reduce((width, row) => Math.max(width, stringWidth(row[id])), 0);
    return Math.min(most, Math.max(stringWidth(title), widest));
  };
  const widths = new Map<ColumnId, number>();
  let left = room + columnGap;
  for (const id of byWorth) {
    const width = Math.min(wanted(id), specs[id].least);
    if (widths.size > 0 && width + columnGap > left) continue;
    widths.set(id, Math.min(width, room));
    left -= width + columnGap;
  }
  for (const id of growing) {
    const width = widths.get(id);
    if (width === undefined) continue;
    const more = Math.max(0, Math.min(wanted(id) - width, left));
    widths.set(id, width + more);
    left -= more;
  }
  return columnIds.flatMap((id) => {
    const width = widths.get(id);
    return width === undefined ? [] : [{ id, title: specs[id].title, width }];
  });
};
