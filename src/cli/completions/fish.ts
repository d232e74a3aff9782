import type { Candidates, CompletionNode, CompletionOption } from './completion-model.ts';

export const fishCompletions = (
  nodes: readonly CompletionNode[],
): string => `# claude-setup: completions for fish
# Now:     claude-setup completions fish | source
# Always:  claude-setup completions fish > ~/.config/fish/completions/claude-setup.fish

# Whether the words so far are those of this command.
function __claude_setup_at
  set -l at ''
  for word in (commandline -opc)[2..]
    switch (string trim "$at $word")
      case ${nodes
        .filter(({ words }) => words !== '')
        .map(({ words }) => quoted(words))
        .join(' ')}
        set at (string trim "$at $word")
    end
  end
  test "$at" = "$argv[1]"
end

complete -c claude-setup -f
${nodes.flatMap(linesOf).join('\n')}
`;

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const linesOf = (node: CompletionNode): readonly string[] => {
  const at = `complete -c claude-setup -n ${quoted(`__claude_setup_at ${quoted(node.words)}`)}`;
  return [
    ...node.next.map(({ word, summary }) => `${at} -a ${quoted(word)} -d ${quoted(summary)}`),
    ...(node.next.length > 0 ? [] : given(node.argument).map((candidates) => `${at} ${candidates}`)),
    ...(node.takesWords ? [`${at} -F`] : []),
    ...node.options.map((option) => `${at} ${optionOf(option)}`),
  ];
};

const optionOf = ({ names, summary, value }: CompletionOption): string =>
  [
    ...names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)),
    ...(value === null ? [] : ['-r', ...given(value)]),
    `-d ${quoted(summary)}`,
  ].join(' ');

const given = (candidates: Candidates): readonly string[] => {
  switch (candidates.kind) {
    case 'words':
      return [`-f -a ${quoted(candidates.words.join(' '))}`];
    case 'asked': {
      const ask = `(claude-setup complete ${candidates.what} -- (commandline -opc) 2> /dev/null)`;
      return [`-f -a ${quoted(ask)}`];
    }
    case 'files':
      return ['-F'];
    case 'directories':
      return [`-f -a ${quoted('(__fish_complete_directories)')}`];
    case 'nothing':
      return [];
  }
};
