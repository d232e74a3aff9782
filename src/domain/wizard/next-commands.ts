import type { Profile } from '../profile.ts';

/** A command to go on with. Its lines can be copied as they are: no line is longer than the width they were made for. */
export interface NextCommand {
  readonly purpose: string;
  readonly lines: readonly string[];
  /** The same in one line, for the clipboard. */
  readonly whole: string;
}

/** A word for a POSIX shell. */
export const shellWord = (word: string): string =>
  /^[\w./:=@%+,-]+$/.test(word) ? word : `"${word.replaceAll(/["\\$`]/g, '\\$&')}"`;

/**
 * Breaks the words of a shell command into lines of at most `width` columns. A backslash before the line's end takes
 * the break back out, between words and, where one is too long, inside a word; there the next line begins at its start.
 */
export const shellLines = (words: readonly string[], width: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const next = line === '' ? word : `${line} ${word}`;
    if (next.length + 2 <= width) {
      line = next;
      continue;
    }
    if (line !== '') lines.push(`${line} \\`);
    const pieces = splitWord(word, width - 2);
    lines.push(...pieces.slice(0, -1).map((piece) => `${piece}\\`));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line];
};

/** Pieces of at most `width` columns, none of them ending in the middle of a backslash pair. */
const splitWord = (word: string, width: number): readonly string[] => {
  const pieces = [''];
  for (const unit of word.match(/\\.|[^\\]/gsu) ?? []) {
    const piece = pieces.at(-1) ?? '';
    if (piece.length + unit.length > width) pieces.push(unit);
    else pieces[pieces.length - 1] = piece + unit;
  }
  return pieces;
};

/** What to do with a captured login next, in lines of at most `width` columns. None of them hands out the login itself. */
export const nextCommands = ({ name, runtime }: Profile, width: number): readonly NextCommand[] => {
  const command = (purpose: string, ...words: readonly string[]): NextCommand => ({
    purpose,
    lines: shellLines(words.map(shellWord), width),
    whole: words.map(shellWord).join(' '),
  });
  return [
    command('Check the login at any time', 'claude-setup', 'check', name),
    command(
      runtime === 'docker' ? 'Run Claude with it in a container' : 'Run Claude with it on this machine',
      ...['claude-setup', 'run', name, '--', 'claude'],
    ),
    command('Use it in a compose file', 'claude-setup', 'export', name, '--format', 'compose'),
  ];
};
