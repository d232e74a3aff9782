import { shellQuoted } from '../../domain/shell.ts';
import type { Candidates, CompletionNode } from './completion-model.ts';

export const zshCompletions = (nodes: readonly CompletionNode[]): string => `#compdef claude-setup
# claude-setup: completions for zsh
# Now:     source <(claude-setup completions zsh)
# Always:  claude-setup completions zsh > a folder of your $fpath, as _claude-setup

_claude_setup() {
  local at="" word i cur="\${words[CURRENT]}" prev="\${words[CURRENT-1]}"
  local -a found
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
    if [[ "$word" == "--" ]]; then
      case "$at" in
${nodes
  .filter(({ takesWords }) => takesWords)
  .map(({ words }) => `        ${shellQuoted(words)}) _default; return ;;`)
  .join('\n')}
      esac
    fi
    case "\${at:+$at }$word" in
      (${nodes
        .filter(({ words }) => words !== '')
        .map(({ words }) => shellQuoted(words))
        .join('|')}) at="\${at:+$at }$word" ;;
    esac
  done
  if [[ "$cur" == --*=* ]]; then
    prev="\${cur%%=*}"
    compset -P '*='
    cur="\${cur#*=}"
  fi
  case "$at $prev" in
${nodes
  .flatMap(({ words, options }) =>
    options.flatMap(({ names, value }) =>
      value === null
        ? []
        : [
            `    (${names.map((name) => shellQuoted(`${words} ${name}`)).join('|')}) ${answer(value)}; return ;;`,
          ],
    ),
  )
  .join('\n')}
  esac
  if [[ "$cur" == -* ]]; then
    case "$at" in
${nodes
  .map(({ words, options }) => {
    const described = options.flatMap(({ names, summary }) => names.map((name) => pair(name, summary)));
    return `      (${shellQuoted(words)}) found=(${described.join(' ')}) ;;`;
  })
  .join('\n')}
    esac
    _describe -o option found
    return
  fi
  case "$at" in
${nodes
  .map(({ words, next, argument }) => {
    const described = next.map(({ word, summary }) => pair(word, summary));
    const said =
      next.length > 0 ? `found=(${described.join(' ')}); _describe command found` : answer(argument);
    return `    (${shellQuoted(words)}) ${said} ;;`;
  })
  .join('\n')}
  esac
}
if [[ "\${funcstack[1]}" == _claude[-_]setup ]]; then _claude_setup "$@"
else compdef _claude_setup claude-setup
fi
`;

const pair = (word: string, summary: string): string =>
  shellQuoted(`${word.replaceAll(':', '\\:')}:${summary}`);

const answer = (candidates: Candidates): string => {
  switch (candidates.kind) {
    case 'words':
      return `compadd -- ${candidates.words.map(shellQuoted).join(' ')}`;
    case 'asked':
      return `compadd -- $(claude-setup complete ${candidates.what} -- $words 2> /dev/null)`;
    case 'files':
      return '_files';
    case 'directories':
      return '_files -/';
    case 'nothing':
      return ':';
  }
};
