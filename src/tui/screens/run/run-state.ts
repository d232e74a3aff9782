import { type TextState, textOf } from '../../components/text-state.ts';

interface UsualCommand {
  readonly line: string;
  readonly about: string;
}

/** What people run with a login. */
const usual: readonly UsualCommand[] = [
  { line: 'claude', about: 'the Claude CLI' },
  { line: 'claude -p "say hello"', about: 'one question to it' },
  { line: 'bash', about: 'a shell with it' },
];

/** How many of the commands that were run are offered again. */
const most = 5;

/**
 * What is offered, the newest of those that were run first. They are never written down: a command line may hold a
 * secret.
 */
export const offered = (ran: readonly string[]): readonly UsualCommand[] => {
  const others = ran.filter((line) => !usual.some((command) => command.line === line));
  return [...[...new Set(others)].slice(0, most).map((line) => ({ line, about: 'run before' })), ...usual];
};

/** The command beside the one that is in the field; the first, or the last, from anything else. */
export const moveOffered = (
  commands: readonly UsualCommand[],
  { value }: TextState,
  by: 1 | -1,
): TextState => {
  const at = commands.findIndex(({ line }) => line === value);
  const next = at < 0 ? (by > 0 ? 0 : commands.length - 1) : at + by;
  return textOf(commands[Math.max(0, Math.min(commands.length - 1, next))]?.line ?? value);
};
