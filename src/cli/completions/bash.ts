import { shellQuoted } from '../../domain/shell.ts';
import type { Candidates, CompletionNode } from './completion-model.ts';

/** For bash 3.2 and later, with or without the package bash-completion. */
export const bashCompletions = (
  nodes: readonly CompletionNode[],
): string => `# claude-setup: completions for bash
# Now:     source <(claude-setup completions bash)
# Always:  claude-setup completions bash > ~/.local/share/bash-completion/completions/claude-setup

_claude_setup() {
  local cur prev at="" word i
  COMPREPLY=()
  cur="\${COMP_WORDS[COMP_CWORD]}"
  prev="\${COMP_WORDS[COMP_CWORD-1]}"
  # --option=value comes as three words.
  if [[ "$cur" == "=" ]]; then cur=""
  elif [[ "$prev" == "=" ]]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if [[ "$word" == "--" ]]; then
      case "$at" in
${nodes
  .filter(({ takesWords }) => takesWords)
  .map(({ words }) => `        ${shellQuoted(words)}) compopt -o default 2> /dev/null; return ;;`)
  .join('\n')}
      esac
    fi
    case "\${at:+$at }$word" in
      ${nodes
        .filter(({ words }) => words !== '')
        .map(({ words }) => shellQuoted(words))
        .join(' | ')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at $prev" in
${nodes
  .flatMap(({ words, options }) =>
    options.flatMap(({ names, value }) =>
      value === null
        ? []
        : [
            `    ${names.map((name) => shellQuoted(`${words} ${name}`)).join(' | ')}) ${answer(value)}; return ;;`,
          ],
    ),
  )
  .join('\n')}
  esac
  if [[ "$cur" == -* ]]; then
    case "$at" in
${nodes
  .map(
    ({ words, options }) =>
      `      ${shellQuoted(words)}) ${answer({ kind: 'words', words: options.flatMap(({ names }) => names) })} ;;`,
  )
  .join('\n')}
    esac
    return
  fi
  case "$at" in
${nodes
  .map(({ words, next, argument }) => {
    const own = next.map(({ word }) => word);
    return `    ${shellQuoted(words)}) ${answer(own.length > 0 ? { kind: 'words', words: own } : argument)} ;;`;
  })
  .join('\n')}
  esac
}
complete -F _claude_setup claude-setup
`;

const answer = (candidates: Candidates): string => {
  switch (candidates.kind) {
    case 'words':
      return `COMPREPLY=($(compgen -W ${shellQuoted(candidates.words.join(' '))} -- "$cur"))`;
    case 'asked':
      return `COMPREPLY=($(compgen -W "$(claude-setup complete ${candidates.what} -- "\${COMP_WORDS[@]}" 2> /dev/null)" -- "$cur"))`;
    case 'files':
      return 'compopt -o filenames 2> /dev/null; COMPREPLY=($(compgen -f -- "$cur"))';
    case 'directories':
      return 'compopt -o filenames 2> /dev/null; COMPREPLY=($(compgen -d -- "$cur"))';
    case 'nothing':
      return ':';
  }
};
