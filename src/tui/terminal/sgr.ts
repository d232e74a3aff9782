import type { CellColor, CellRun, CellStyle } from '../../ports/emulator.ts';

const attributes: readonly (readonly [keyof CellStyle, number])[] = [
  ['bold', 1],
  ['dim', 2],
  ['italic', 3],
  ['underline', 4],
  ['inverse', 7],
  ['strikethrough', 9],
];

const colorCodes = (color: CellColor, base: 30 | 40): readonly number[] => {
  if (typeof color === 'number') {
    if (color < 8) return [base + color];
    return color < 16 ? [base + 60 + color - 8] : [base + 8, 5, color];
  }
  const rgb = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return [base + 8, 2, ...rgb];
};

/** A run as text with its style in escape sequences of our own making; without colours when they are not wanted. */
export const styled = ({ text, style }: CellRun, color: boolean): string => {
  const codes = [
    ...attributes.flatMap(([name, code]) => (style[name] ? [code] : [])),
    ...(color && style.foreground !== undefined ? colorCodes(style.foreground, 30) : []),
    ...(color && style.background !== undefined ? colorCodes(style.background, 40) : []),
  ];
  return codes.length === 0 ? text : `\x1b[${codes.join(';')}m${text}\x1b[0m`;
};
