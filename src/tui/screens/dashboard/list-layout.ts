/** Header, rule, title, the line above the table, its head, its position, a blank, the keys, and a blank after the title. */
const around = 9;

/** How the rows of a terminal are given to the table of so many profiles and to what is said about the focus. */
export const layoutList = (
  rows: number,
  count: number,
): { readonly table: number; readonly details: number } => {
  const details = rows < 16 ? 0 : Math.max(4, Math.min(8, Math.floor(rows / 6)));
  const left = Math.max(1, rows - around - details);
  const table = Math.min(left, Math.max(1, count));
  return { table, details: details === 0 ? 0 : details + left - table };
};
