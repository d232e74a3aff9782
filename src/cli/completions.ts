import type { Config } from '../domain/config.ts';
import { fail } from '../domain/failure.ts';
import { plainText } from '../domain/plain-text.ts';
import type { Ports } from '../ports/ports.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import { bashCompletions } from './completions/bash.ts';
import { type CompletionNode, completionNodes } from './completions/completion-model.ts';
import { fishCompletions } from './completions/fish.ts';
import { zshCompletions } from './completions/zsh.ts';
import { printFailure } from './io.ts';

const shells: Readonly<Record<string, (nodes: readonly CompletionNode[]) => string>> = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
};

/** `claude-setup completions SHELL`: prints the script that completes the words of this program. */
export const completionsCommand: Command = {
  options: [],
  examples: [
    'source <(claude-setup completions bash)',
    'claude-setup completions zsh > ~/.zfunc/_claude-setup',
    'claude-setup completions fish > ~/.config/fish/completions/claude-setup.fish',
  ],
  run: async ({ io, args }) => {
    const script = shells[args[0] ?? ''];
    if (script === undefined) return printFailure(io, unknownShell.failure);
    io.print(script(await completionNodes(commands)));
    return 0;
  },
};

const unknownShell = fail(
  'usage',
  'There are no completions for that shell',
  `only ${Object.keys(shells).join(', ')} are known`,
  'name one of them: claude-setup completions bash',
);

const asked: Readonly<
  Record<string, (ports: Ports, config: Config, line: readonly unknown[]) => Promise<readonly string[]>>
> = {
  profiles: async (_ports, { profiles }) => profiles.map(({ name }) => name),
  snapshots: async ({ store }, { profiles }, line) => {
    const named = profiles.filter(({ name }) => line.includes(name));
    const found = await Promise.all(named.map(({ authDir }) => store.snapshots(authDir)));
    return found.flatMap((snapshots) => (snapshots.ok ? snapshots.value.map(({ id }) => id) : []));
  },
};

/**
 * `claude-setup complete WHAT -- LINE`, for those scripts: what is there now. Silent whatever is wrong, since it runs in a
 * prompt.
 */
export const completeCommand: Command = {
  options: [],
  examples: [
    'claude-setup complete profiles',
    'claude-setup complete snapshots -- claude-setup rollback dev',
  ],
  run: async ({ ports, io, args: [what = '', ...line] }) => {
    const config = await ports.settings.load();
    const words = config.ok ? await asked[what]?.(ports, config.value, line) : [];
    for (const word of words ?? []) io.print(`${plainText(word)}\n`);
    return 0;
  },
};
