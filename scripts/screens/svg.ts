import stringWidth from 'string-width';
import type { CellColor, CellStyle, ScreenRow } from '../../src/ports/emulator.ts';

/** A terminal as it looked at one moment. */
export interface Picture {
  readonly rows: readonly ScreenRow[];
  readonly columns: number;
}

/** A picture of an animation, and for how long it is shown. */
export interface Frame extends Picture {
  readonly seconds: number;
}

const cell = { width: 8.4, height: 17 };
const fontSize = 14;
const padding = 12;
const ground = '#16181d';
const ink = '#d6d9e0';

/** The 16 named colours, as dark terminals show them. */
const named = [
  '#3b4048',
  '#f0707a',
  '#7fc77f',
  '#e0b95f',
  '#6ea8fe',
  '#c58af0',
  '#56c2c9',
  '#d6d9e0',
  '#7d838f',
  '#ff8f98',
  '#9be29b',
  '#f3d07f',
  '#93c0ff',
  '#dcaaff',
  '#7fdfe5',
  '#ffffff',
] as const;

const hex = (color: CellColor): string => {
  if (typeof color === 'string') return color;
  if (color < 16) return named[color] ?? ink;
  const channels =
    color < 232
      ? [36, 6, 1].map((unit) => {
          const level = Math.floor((color - 16) / unit) % 6;
          return level === 0 ? 0 : 55 + level * 40;
        })
      : Array<number>(3).fill(8 + (color - 232) * 10);
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const number = (value: number): string => String(Math.round(value * 10) / 10);

interface Colors {
  readonly fill: string;
  readonly back: string | null;
}

const colorsOf = ({ foreground, background, inverse }: CellStyle): Colors => {
  const fill = foreground === undefined ? ink : hex(foreground);
  const back = background === undefined ? null : hex(background);
  return inverse ? { fill: back ?? ground, back: fill } : { fill, back };
};

const attributesOf = ({ bold, italic, underline, dim }: CellStyle, fill: string): string =>
  [
    ...(fill === ink ? [] : [` fill="${fill}"`]),
    ...(bold ? [' font-weight="bold"'] : []),
    ...(italic ? [' font-style="italic"'] : []),
    ...(underline ? [' text-decoration="underline"'] : []),
    ...(dim ? [' opacity=".62"'] : []),
  ].join('');

/** What stands between wide gaps, each with the columns before it; not every program keeps the spaces of a text. */
const wordsOf = (text: string) =>
  [...text.matchAll(/\S+(?: \S+)*/g)].map((match) => ({
    word: match[0],
    before: stringWidth(text.slice(0, match.index)),
  }));

/** A row: a ground where it is coloured, and a text for each run, held to its columns whatever the font. */
const drawRow = ({ runs }: ScreenRow, top: number): string => {
  let column = 0;
  let drawn = '';
  for (const { text, style } of runs) {
    const width = stringWidth(text);
    const { fill, back } = colorsOf(style);
    if (back !== null) {
      const [x, w] = [padding + column * cell.width, width * cell.width].map(number);
      drawn += `<rect x="${x}" y="${number(top)}" width="${w}" height="${cell.height}" fill="${back}"/>`;
    }
    const attributes = attributesOf(style, fill);
    for (const { word, before } of wordsOf(text)) {
      const x = number(padding + (column + before) * cell.width);
      const y = number(top + cell.height - 4);
      const length = number(stringWidth(word) * cell.width);
      drawn += `<text x="${x}" y="${y}" textLength="${length}"${attributes}>${escaped(word)}</text>`;
    }
    column += width;
  }
  return drawn;
};

const sizeOf = ({ columns, rows }: Picture) => ({
  width: number(columns * cell.width + 2 * padding),
  height: number(rows.length * cell.height + 2 * padding),
});

const page = (picture: Picture, title: string, style: string, body: string): string => {
  const { width, height } = sizeOf(picture);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t">`,
    `<title id="t">${escaped(title)}</title>`,
    `<style>text{font:${fontSize}px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;white-space:pre}${style}</style>`,
    `<rect width="100%" height="100%" rx="8" fill="${ground}"/>`,
    `<g fill="${ink}">`,
    body,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
};

const topOf = (row: number): number => padding + row * cell.height;

/** A picture as an SVG, the same bytes for the same picture. */
export const toSvg = (picture: Picture, title: string): string =>
  page(
    picture,
    title,
    '',
    picture.rows
      .map((row, index) => drawRow(row, topOf(index)))
      .filter((row) => row !== '')
      .join('\n'),
  );

/** Pictures one after the other, over and over; only the last one for people who want no motion. */
export const toAnimation = (frames: readonly Frame[], title: string): string => {
  const [first] = frames;
  if (first === undefined) throw new Error('an animation needs a frame');
  const whole = frames.reduce((sum, { seconds }) => sum + seconds, 0);
  const percent = (seconds: number) => `${number((seconds / whole) * 100)}%`;
  // Most rows stay as they are from frame to frame, so each is kept once.
  const ids = new Map<string, string>();
  const idOf = (drawn: string): string => {
    const id = ids.get(drawn) ?? `r${ids.size}`;
    ids.set(drawn, id);
    return id;
  };
  let elapsed = 0;
  let style = `.f{visibility:hidden;animation:${number(whole)}s step-end infinite}`;
  const groups = frames.map(({ rows, seconds }, index) => {
    const uses = rows
      .map((row, position) => drawRow(row, topOf(position)))
      .filter((row) => row !== '')
      .map((row) => `<use href="#${idOf(row)}"/>`);
    const [from, to] = [percent(elapsed), percent(elapsed + seconds)];
    elapsed += seconds;
    const start = index === 0 ? '' : '0%{visibility:hidden}';
    style += `@keyframes k${index}{${start}${from}{visibility:visible}${to}{visibility:hidden}}#f${index}{animation-name:k${index}}`;
    return `<g class="f" id="f${index}">${uses.join('')}</g>`;
  });
  style += `@media(prefers-reduced-motion:reduce){.f{animation:none}#f${frames.length - 1}{visibility:visible}}`;
  const rows = [...ids].map(([drawn, id]) => `<g id="${id}">${drawn}</g>`);
  return page(first, title, style, ['<defs>', ...rows, '</defs>', ...groups].join('\n'));
};
