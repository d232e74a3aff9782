/**
 * What a terminal would obey, or a reader would not see: control characters (escape sequences begin with one, of C0 or
 * C1), changes of direction, characters without width, line separators. Selectors of a symbol's form are let through.
 */
const unseen = String.raw`(?!\p{Variation_Selector})[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]`;

/** Made when a text needs it: that takes longer than all the rest of a check's output. */
let character: RegExp | null = null;

const withoutUnseen = (text: string, shown: (one: string) => string): string => {
  character ??= new RegExp(unseen, 'gu');
  return text.replaceAll(character, shown);
};

/** Whether a text is one line of ASCII's printable characters, as most are: then there is nothing to take out. */
export const isPlain = (text: string): boolean => /^[ -~]*$/.test(text);

/** Somebody else's text as one line that can be printed: what a terminal would obey is a question mark, a tab a space. */
export const plainText = (text: string): string =>
  isPlain(text) ? text : withoutUnseen(text, (one) => (one === '\t' ? ' ' : '?'));

/** The same for a text of several lines. */
export const plainLines = (text: string): string => text.split('\n').map(plainText).join('\n');

/** A value as JSON that can be printed: the same characters are escaped in its strings, so its readers lose nothing. */
export const plainJson = (value: unknown, indent?: number): string => {
  const json = JSON.stringify(value, null, indent);
  return /^[\n -~]*$/.test(json)
    ? json
    : withoutUnseen(json, (one) =>
        one === '\n'
          ? one
          : units(one)
              .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
              .join(''),
      );
};

/** UTF-16, as JSON escapes it. */
const units = (text: string): readonly number[] =>
  Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
