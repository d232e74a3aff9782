/** What a terminal obeys or a reader does not see, by what it does. */
const obeyed: Readonly<Record<string, string>> = {
  clear: '\u001b[2J\u001b[H',
  colour: '\u001b[31;8m',
  title: '\u001b]0;owned\u0007',
  clipboard: '\u001b]52;c;b3duZWQ=\u001b\\',
  link: '\u001b]8;;https://evil.example\u001b\\',
  query: '\u001b[c\u001b[6n\u001b[21t\u0005',
  device: '\u001bP$qm\u001b\\\u001b_x\u001b\\\u001b^x\u001b\\\u001bXx\u001b\\\u001bc',
  c1: '\u009b2J\u009d0;owned\u009c\u0090x\u009c\u0085',
  moves: '\r\b\u007f\u0000\u000b\u000c',
  line: '\nclaude-setup: forged line',
  direction: '\u202e\u2066\u200f\u061c',
  unseen: '\u200b\u200d\ufeff\u2060\u00ad\u3164\u{e0041}\u2028',
};

/** All of it in one text. */
export const hostileText: string = Object.entries(obeyed)
  .map(([name, text]) => `<${name}>${text}`)
  .join('');

/** Finds what must not be printed; a line's own end is not looked for here. */
export const unprintable = /(?!\p{Variation_Selector})[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
