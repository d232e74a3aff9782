import { CommanderError, Option, Command as Program } from 'commander';
import type { ExitStatus } from '../domain/failure.ts';
import { nearest } from '../domain/nearest.ts';
import { plainText } from '../domain/plain-text.ts';
import { redact } from '../domain/redact.ts';
import type { DebugLog } from '../ports/debug-log.ts';
import type { Ports } from '../ports/ports.ts';
import type { Practice } from '../ports/practice.ts';
import { passphrasePrompt } from './ask-passphrase.ts';
import type { Command, CommandEntry, Ended, Invocation, OptionSpec } from './command.ts';
import type { Io } from './io.ts';

export interface ProgramInput {
  readonly version: string;
  readonly commands: readonly CommandEntry[];
  readonly ports: Ports;
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly hurry: AbortSignal;
  /** What happens with no command at all. */
  readonly home: (invocation: Invocation) => Promise<ExitStatus>;
  /** Whether the environment asks for the debug log; `--debug` does as well. */
  readonly debug: boolean;
  /** The ports with every call logged, and the log. Made only when it is asked for. */
  readonly openLog: () => Promise<{ readonly ports: Ports; readonly log: DebugLog }>;
  /** Makes the worlds of the practice. */
  readonly openPractice: () => Promise<Practice>;
}

/** Parses the arguments (without node and script) and runs the command they name. Usage errors are exit status 2. */
export const runProgram = async (
  argv: readonly string[],
  input: ProgramInput,
): Promise<ExitStatus | Ended> => {
  const { io, signal, openPractice, hurry } = input;
  const { ours, words: given } = splitWords(argv, input.commands);
  let status: ExitStatus | Ended = 0;
  const invoke =
    (words: string, run: Command['run']) =>
    async (...called: unknown[]): Promise<void> => {
      const program = called.pop() as Program;
      called.pop();
      const options: Invocation['options'] = program.optsWithGlobals();
      const opened = input.debug || options.debug === true ? await input.openLog() : null;
      const { ports, log } = opened ?? { ports: input.ports, log: null };
      if (io.answering) ports.seals.onAsk(passphrasePrompt(io, signal));
      // Values are left out: a path may be private, and nobody knows what was typed in the wrong place.
      log?.event('command', { command: words, options: Object.keys(options), version: input.version });
      try {
        status = await run({
          ports,
          io,
          signal,
          hurry,
          openPractice,
          args: called.flat().map(asArgument),
          options,
          words: given,
        });
        log?.event('end', { status: typeof status === 'number' ? status : status.exitCode });
      } catch (error) {
        log?.event('crash', { error: error instanceof Error ? error.stack : String(error) });
        throw error;
      }
    };

  const program = new Program('claude-setup')
    .description('Sign the Claude CLI in once, keep the login safe, and hand it to your containers.')
    .version(input.version, '-V, --version', 'print the version')
    .option('--debug', 'write a redacted log for bug reports')
    .helpOption('-h, --help', 'show help')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.print(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(usageLine(text)),
    })
    .argument('[command]')
    .allowExcessArguments()
    .usage('[options] [command]')
    .configureHelp({ visibleArguments: () => [] })
    .action((given: string | undefined, ...rest: unknown[]) =>
      given === undefined ? invoke('', input.home)(...rest) : unknownCommand(program, given),
    );
  // The others need not be made when one is named; making all of them takes a tenth of a check.
  const named = input.commands.filter(({ words }) => words.split(' ')[0] === firstWord(ours));
  for (const command of named.length > 0 ? named : input.commands) add(program, command, invoke);

  try {
    await program.parseAsync(ours, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    status = error.exitCode === 0 ? 0 : 2;
  }
  return status;
};

const unknownCommand = (program: Program, given: string): never => {
  const meant = nearest(
    given,
    program
      .createHelp()
      .visibleCommands(program)
      .map((command) => command.name()),
  );
  return program.error(`unknown command '${given}'${meant === null ? '' : ` (Did you mean ${meant}?)`}`);
};

const firstWord = (argv: readonly string[]): string | undefined => argv.find((word) => !word.startsWith('-'));

/** Where a command takes somebody else's words, those after the first `--` are kept from the parser, which would mix them up. */
const splitWords = (
  argv: readonly string[],
  commands: readonly CommandEntry[],
): { readonly ours: readonly string[]; readonly words: readonly string[] | null } => {
  const called = firstWord(argv);
  const at = argv.indexOf('--');
  const takes = commands.some(({ words, takesWords }) => takesWords && words === called);
  return at < 0 || !takes
    ? { ours: argv, words: null }
    : { ours: argv.slice(0, at), words: argv.slice(at + 1) };
};

/** Puts a command under its words. Its options, examples and what it does come when the parser reaches it. */
const add = (
  program: Program,
  { words, args, summary, load, takesWords, hidden }: CommandEntry,
  invoke: (words: string, run: Command['run']) => (...called: unknown[]) => Promise<void>,
): void => {
  const path = words.split(' ');
  const name = path.pop() ?? words;
  const parent = path.reduce(group, program);
  const command = parent
    .command(args ? `${name} ${args}` : name, { hidden: hidden === true })
    .description(summary);
  command.exitOverride().allowExcessArguments(false);
  if (takesWords) command.usage(`[options] ${args} -- command…`);
  parent.hook('preSubcommand', async (_parent, called) => {
    if (called !== command) return;
    const { options, examples, run } = await load();
    for (const option of options) command.addOption(toOption(option));
    if (examples.length > 0)
      command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`);
    command.action(invoke(words, run));
  });
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
  // What was typed in the wrong place may be a token.
  `claude-setup: ${plainText(redact(text).replaceAll(/\s*\n\s*/g, ' '))
    .replace(/^error: /, '')
    .trim()
    .replace(/\.+$/, '')}. Fix: see claude-setup --help\n`;
