import type { FindingStatus } from '../domain/checks/report.ts';

export interface StatusLook {
  readonly color: boolean;
  readonly unicode: boolean;
}

const looks: Record<
  FindingStatus,
  { readonly symbol: string; readonly ascii: string; readonly word: string; readonly sgr: string }
> = {
  pass: { symbol: '✔', ascii: '+', word: 'ok', sgr: '32' },
  // Not yellow, which can hardly be seen on white.
  warn: { symbol: '▲', ascii: '!', word: 'warn', sgr: '35' },
  fail: { symbol: '✘', ascii: 'x', word: 'fail', sgr: '31' },
  skip: { symbol: '·', ascii: '-', word: 'skip', sgr: '2' },
};

/** The marks that stand in a text, for those that print it. */
export const statusMarks: RegExp = new RegExp(
  `(\\x1b\\[(?:${Object.values(looks)
    .map(({ sgr }) => sgr)
    .join('|')})m[^\\x1b]{1,8}\\x1b\\[0m)`,
);

/** A status as a symbol and a word, so that neither colour nor the symbol alone has to tell it. */
export const statusMark = (status: FindingStatus, { color, unicode }: StatusLook): string => {
  const { symbol, ascii, word, sgr } = looks[status];
  const text = `${unicode ? symbol : ascii} ${word.padEnd(4)}`;
  return color ? `\x1b[${sgr}m${text}\x1b[0m` : text;
};
