import { PassThrough, Writable } from 'node:stream';
import type { CommandEntry } from '../../src/cli/command.ts';
import { commands as allCommands } from '../../src/cli/commands.ts';
import { home } from '../../src/cli/home.ts';
import type { Io } from '../../src/cli/io.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { DebugLog } from '../../src/ports/debug-log.ts';
import type { Ports } from '../../src/ports/ports.ts';

export interface CliRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** What is typed at the first question; a person sits at both ends then. */
  readonly typed?: string;
  readonly debug?: boolean;
  /** Instead of all of them. */
  readonly commands?: readonly CommandEntry[];
  /** Everything that stands on standard input. */
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
  readonly openLog?: () => { readonly ports: Ports; readonly log: DebugLog };
}

/** Runs a command line in this process, on streams in memory. */
export const runCli = async (
  ports: Ports,
  argv: readonly string[],
  {
    typed,
    input,
    debug = false,
    commands = allCommands,
    openLog,
    signal = new AbortController().signal,
  }: CliOptions = {},
): Promise<CliRun> => {
  const written = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof written) =>
    new Writable({
      write(chunk, _encoding, done) {
        written[name] += String(chunk);
        done();
      },
    });
  const stdin = new PassThrough();
  if (typed !== undefined) stdin.write(typed);
  if (input !== undefined) stdin.end(input);
  const stdout = sink('stdout');
  const io: Io = {
    stdin: stdin as never,
    stdout: stdout as never,
    stderr: sink('stderr') as never,
    print: (text) => void stdout.write(text),
    interactive: typed !== undefined,
    answering: false,
    color: false,
    unicode: true,
  };
  const ended = await runProgram(argv, {
    version: '0.0.0',
    commands,
    home,
    ports,
    io,
    signal,
    hurry: new AbortController().signal,
    debug,
    openLog: async () => {
      if (openLog === undefined) throw new Error('nobody asked for a log');
      return openLog();
    },
    openPractice: async () => {
      throw new Error('nobody asked to practise');
    },
  });
  return { status: typeof ended === 'number' ? ended : ended.exitCode, ...written };
};
