/** A command line of our program in a piece of shell. */
export interface Call {
  /** Its words, without the program's name. */
  readonly words: readonly string[];
  /** Variables that are set for it. */
  readonly env: Readonly<Record<string, string>>;
  readonly asRoot: boolean;
  /** Whether it is inside a word of another command, such as the command of `--on-change`. */
  readonly nested: boolean;
}

/** Every call of `claude-setup` in a piece of shell, in order. */
export const callsIn = (text: string, nested = false): readonly Call[] =>
  simpleCommands(text).flatMap((all) => {
    const env: Record<string, string> = {};
    let words = [...all];
    for (let found = assignment(words[0]); found !== null; found = assignment(words[0])) {
      env[found[0]] = found[1];
      words = words.slice(1);
    }
    const asRoot = words[0] === 'sudo';
    if (asRoot) words = words.slice(1);
    const inside = words.flatMap((word) => (/claude-setup\s/.test(word) ? callsIn(word, true) : []));
    const given = ourWords(words);
    return given === null ? inside : [{ words: given, env, asRoot, nested }, ...inside];
  });

const assignment = (word: string | undefined): readonly [string, string] | null => {
  const [, name, value] = /^([A-Z_][A-Z0-9_]*)=(.*)$/s.exec(word ?? '') ?? [];
  return name === undefined || value === undefined ? null : [name, value];
};

/** The words behind our program's name, however it is started; null when another program is. */
const ourWords = (words: readonly string[]): readonly string[] | null => {
  const [program, first] = words;
  if (program === 'claude-setup') return words.slice(1);
  if (program === 'node' && first === 'bin/claude-setup.js') return words.slice(2);
  return program === 'npx' ? words.slice(words.indexOf('claude-setup') + 1) : null;
};

/** The words of every simple command: quotes taken off, redirections and comments left out. */
export const simpleCommands = (text: string): readonly (readonly string[])[] => {
  const commands: string[][] = [[]];
  let word: string | null = null;
  let redirected = false;
  const endWord = () => {
    if (word !== null && !redirected) commands.at(-1)?.push(word);
    if (word !== null) redirected = false;
    word = null;
  };
  const endCommand = () => {
    endWord();
    redirected = false;
    commands.push([]);
  };
  const token =
    /\\\n|#[^\n]*|'[^']*'|"(?:\\.|[^"\\])*"|\d?>>?&?(?!\()|<(?!\()|[<$]\(|[\n;|&()]|[ \t]+|\\.|./gs;
  for (const [part] of text.matchAll(token)) {
    if (part === '\\\n' || /^[ \t]+$/.test(part)) endWord();
    else if (part.startsWith('#') && word === null) endWord();
    else if (/^(?:\d?>>?&?|<)$/.test(part)) {
      endWord();
      redirected = true;
    } else if (/^(?:[<$]\(|[\n;|&()])$/.test(part)) endCommand();
    else word = `${word ?? ''}${unquoted(part)}`;
  }
  endCommand();
  return commands.filter((words) => words.length > 0);
};

const unquoted = (part: string): string => {
  if (/^'.*'$/s.test(part)) return part.slice(1, -1);
  if (/^".*"$/s.test(part)) return part.slice(1, -1).replaceAll(/\\(.)/g, '$1');
  return part.length === 2 && part.startsWith('\\') ? part.slice(1) : part;
};
