import { checkIds } from '../../domain/checks/report.ts';
import type { CommandEntry, OptionSpec } from '../command.ts';

/** What can stand in one place of a command line. */
export type Candidates =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** What is there now, asked for when it is needed; of snapshots those of the profiles that the line names. */
  | { readonly kind: 'asked'; readonly what: 'profiles' | 'snapshots' }
  | { readonly kind: 'files' | 'directories' }
  /** Whatever somebody thinks up. */
  | { readonly kind: 'nothing' };

export interface CompletionOption {
  /** Such as `--runtime`, or `-h`. */
  readonly names: readonly string[];
  readonly summary: string;
  /** Of its value; null when it takes none. */
  readonly value: Candidates | null;
}

/** A command or a group of them, by its words; the program itself has none. */
export interface CompletionNode {
  readonly words: string;
  readonly summary: string;
  /** The next words of commands below it. */
  readonly next: readonly { readonly word: string; readonly summary: string }[];
  readonly options: readonly CompletionOption[];
  readonly argument: Candidates;
  /** Whether what comes after `--` is a command line of somebody else's. */
  readonly takesWords: boolean;
}

const help: CompletionOption = { names: ['--help', '-h'], summary: 'show help', value: null };
const debug: CompletionOption = {
  names: ['--debug'],
  summary: 'write a redacted log for bug reports',
  value: null,
};
const version: CompletionOption = { names: ['--version', '-V'], summary: 'print the version', value: null };

/** Everything that can be completed, of the data that the parser and the help are made of. */
export const completionNodes = async (
  commands: readonly CommandEntry[],
): Promise<readonly CompletionNode[]> => {
  const shown = commands.filter(({ hidden }) => !hidden);
  const leaves = await Promise.all(
    shown.map(async ({ words, args, summary, takesWords = false, load }) => ({
      words,
      summary,
      options: [...(await load()).options.map(optionOf), debug, help],
      argument: candidatesOf(args),
      takesWords,
    })),
  );
  const groups = new Set(shown.flatMap(({ words }) => parentsOf(words)));
  const nextOf = (parent: string) => {
    const below = [...shown, ...[...groups].map((words) => ({ words, summary: `Commands of ${words}` }))]
      .filter(({ words }) => words !== '' && parentOf(words) === parent)
      .map(({ words, summary }) => ({ word: words.split(' ').at(-1) ?? words, summary }));
    return below.filter(({ word }, index) => below.findIndex((one) => one.word === word) === index);
  };
  const bare = { argument: { kind: 'nothing' }, takesWords: false } as const;
  return [
    ...leaves.map((leaf) => ({ ...leaf, next: nextOf(leaf.words) })),
    ...[...groups]
      .filter((words) => !leaves.some((leaf) => leaf.words === words))
      .map((words) => ({
        ...bare,
        words,
        summary: '',
        next: nextOf(words),
        options: words === '' ? [debug, version, help] : [help],
      })),
  ];
};

const parentOf = (words: string): string => words.split(' ').slice(0, -1).join(' ');

/** `profile add` is below `profile` and below the program itself. */
const parentsOf = (words: string): readonly string[] =>
  words.split(' ').map((_, index, all) => all.slice(0, index).join(' '));

const optionOf = ({ flags, summary, choices }: OptionSpec): CompletionOption => {
  const names = flags.split(/[ ,]+/).filter((part) => part.startsWith('-'));
  const value = /[<[].*$/.exec(flags)?.[0] ?? null;
  if (value === null) return { names, summary, value: null };
  return { names, summary, value: choices ? { kind: 'words', words: choices } : candidatesOf(value) };
};

/** What the name in `<…>` or `[…]` stands for. */
const meanings: readonly (readonly [RegExp, Candidates])[] = [
  [/^profiles?$/, { kind: 'asked', what: 'profiles' }],
  [/^id$/, { kind: 'asked', what: 'snapshots' }],
  [/^(?:directory|folder)$/, { kind: 'directories' }],
  [/^(?:file|path|compose file)$/, { kind: 'files' }],
  [/^(?:check|finding)$/, { kind: 'words', words: checkIds }],
  [/^shell$/, { kind: 'words', words: ['bash', 'zsh', 'fish'] }],
];

const candidatesOf = (notation: string): Candidates => {
  const name = /[<[]([^>\]]*?)(?:\.\.\.)?[>\]]/.exec(notation)?.[1] ?? '';
  return meanings.find(([pattern]) => pattern.test(name))?.[1] ?? { kind: 'nothing' };
};
