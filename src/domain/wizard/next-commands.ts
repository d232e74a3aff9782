import type { Profile } from '../profile.ts';

/** A command to go on with. Its lines can be copied as they are: no line is longer than the width they were made for. */
export interface NextCommand {
  readonly purpose: string;
  readonly lines: readonly string[];
  /** The same in one line, for the clipboard. */
  readonly whole: string;
}

/** Where the setup image has its config directory (source: docker/Dockerfile.claude-setup). */
const mountPoint = '/home/node/.claude';

/** A word for a POSIX shell. */
export const shellWord = (word: string): string =>
  /^[\w./:=@%+,-]+$/.test(word) ? word : `"${word.replaceAll(/["\\$`]/g, '\\$&')}"`;

/** A string for YAML, quoted so that it may go on in the next line. */
const yamlString = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

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

/** A double-quoted YAML scalar after `key`; where it is too long a backslash lets it go on in the next line. */
const yamlLines = (indent: string, key: string, text: string, width: number): readonly string[] => {
  const pieces = splitWord(yamlString(text), width - indent.length - key.length - 2);
  return pieces.map((piece, index) => {
    const start = index === 0 ? indent + key : `${indent}  `;
    // White space at the start of a line is no part of the scalar, unless it is escaped.
    const kept = index > 0 && piece.startsWith(' ') ? `\\${piece}` : piece;
    return `${start}${kept}${index < pieces.length - 1 ? '\\' : ''}`;
  });
};

/** What to do with a captured login next, in lines of at most `width` columns. */
export const nextCommands = (profile: Profile, width: number): readonly NextCommand[] => {
  const { name, authDir } = profile;
  const check = ['claude-setup', 'check', shellWord(name)];
  const direct = [`CLAUDE_CONFIG_DIR=${shellWord(authDir)}`, 'claude'];
  const container = [
    'docker',
    'run',
    '--rm',
    '-it',
    shellWord(`--volume=${authDir}:${mountPoint}`),
    'claude-setup:latest',
    'claude',
  ];
  const command = (purpose: string, words: readonly string[]): NextCommand => ({
    purpose,
    lines: shellLines(words, width),
    whole: words.join(' '),
  });
  const compose = [
    'volumes:',
    '  - type: bind',
    ...yamlLines('    ', 'source: ', authDir, width),
    `    target: ${mountPoint}`,
  ];
  return [
    command('Check the login at any time', check),
    profile.runtime === 'docker'
      ? command('Run Claude with it in a container', container)
      : command('Run Claude with it on this machine', direct),
    { purpose: 'Mount it in a compose file', lines: compose, whole: compose.join('\n') },
  ];
};
