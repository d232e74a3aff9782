import { type TextProps, useWindowSize } from 'ink';
import stringWidth from 'string-width';
import { plainLines } from '../../domain/plain-text.ts';
import { Text } from './text.tsx';

/**
 * Breaks a text at its spaces into lines of at most `width` columns. Ink's own wrapping keeps the space of a break at the
 * start of the next line. A word that is too long is left to it.
 */
export const wrapWords = (text: string, width: number): string =>
  text
    .split('\n')
    .map((paragraph) => {
      const lines: string[] = [];
      for (const word of paragraph.split(' ')) {
        const line = lines.at(-1);
        if (line !== undefined && stringWidth(`${line} ${word}`) <= width)
          lines[lines.length - 1] = `${line} ${word}`;
        else lines.push(word);
      }
      return lines.join('\n');
    })
    .join('\n');

/** Longer lines are hard to read: the eye loses the next one. */
const longestLine = 118;

/** Wraps texts to the page; `inset` is what stands beside them, in columns. */
export const useWrap = (): ((text: string, inset?: number) => string) => {
  const { columns } = useWindowSize();
  return (text, inset = 0) =>
    wrapWords(plainLines(text), Math.max(10, Math.min(columns - 2, longestLine) - inset));
};

/** A text of several words, as wide as the page. */
export const Words = ({
  children,
  inset = 0,
  ...style
}: TextProps & { readonly children: string; readonly inset?: number }) => {
  const wrap = useWrap();
  return <Text {...style}>{wrap(children, inset)}</Text>;
};
