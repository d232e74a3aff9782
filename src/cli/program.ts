import { CommanderError, Option, Command as Program } from 'commander';
import type { ExitStatus } from '../domain/failure.ts';
import type { Ports } from '../ports/ports.ts';
import type { Command, Invocation, OptionSpec } from './command.ts';
import type { Io } from './io.ts';

export interface ProgramInput {
  readonly version: string;
  readonly commands: readonly Command[];
  readonly ports: Ports;
  readonly io: Io;
  readonly signal: AbortSignal;
  /** What happens with no command at all. */
  readonly home: (invocation: Invocation) => Promise<ExitStatus>;
}

/** Parses the arguments (without node and script) and runs the command they name. Usage errors are exit status 2. */
export const runProgram = async (argv: readonly string[], input: ProgramInput): Promise<ExitStatus> => {
  const { ports, io, signal } = input;
  let status: ExitStatus = 0;
  const invoke =
    (run: Command['run']) =>
    async (...called: unknown[]): Promise<void> => {
      const program = called.pop() as Program;
      const options = called.pop() as Invocation['options'];
      status = await run({
        ports,
        io,
        signal,
        args: called.map(asArgument),
        options: { ...program.optsWithGlobals(), ...options },
      });
    };

  const program = new Program('claude-setup')
    .description('Sign the Claude CLI in once, keep the login safe, and hand it to your containers.')
    .version(input.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(usageLine(text)),
    })
    .action(invoke(input.home));
  for (const command of input.commands) add(program, command, invoke);

  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    status = error.exitCode === 0 ? 0 : 2;
  }
  return status;
};

const add = (
  program: Program,
  { words, args, summary, options, examples, run }: Command,
  invoke: (run: Command['run']) => (...called: unknown[]) => Promise<void>,
): void => {
  const path = words.split(' ');
  const name = path.pop() ?? words;
  const parent = path.reduce(group, program);
  const command = parent.command(args ? `${name} ${args}` : name).description(summary);
  for (const option of options) command.addOption(toOption(option));
  if (examples.length > 0)
    command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`);
  command.exitOverride().action(invoke(run));
};

/** The group command of that name, made when it is first needed; alone it shows its help. */
const group = (parent: Program, name: string): Program =>
  parent.commands.find((command) => command.name() === name) ??
  parent.command(name).description(`Commands of ${name}`).exitOverride();

const toOption = ({ flags, summary, choices, repeatable }: OptionSpec): Option => {
  const option = new Option(flags, summary);
  if (choices) option.choices(choices);
  if (repeatable)
    option.argParser((value: string, all: readonly string[] | undefined) => [...(all ?? []), value]);
  return option;
};

const asArgument = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const usageLine = (text: string): string =>
  `claude-setup: ${text
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()}. Fix: see claude-setup --help\n`;
