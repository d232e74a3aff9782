import type { ExitStatus } from '../domain/failure.ts';
import type { Ports } from '../ports/ports.ts';
import type { Practice } from '../ports/practice.ts';
import type { Io } from './io.ts';

/** What a command is called with. */
export interface Invocation {
  readonly ports: Ports;
  readonly io: Io;
  /** Aborted by Ctrl+C, TERM and HUP, with the signal's name as its reason. */
  readonly signal: AbortSignal;
  /** Aborted by a second one. */
  readonly hurry: AbortSignal;
  /** Makes the worlds of the practice. Whoever opens it closes it. */
  readonly openPractice: () => Promise<Practice>;
  /** The arguments in order; absent optional ones are undefined. */
  readonly args: readonly (string | undefined)[];
  /** By long name in camel case; values of repeatable options are arrays. */
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  /** The words after `--`, for a command that takes some; null when there was no `--`. */
  readonly words: readonly string[] | null;
}

/** The end of a program that a command ran: its exit code is ours, whatever signal came meanwhile. */
export interface Ended {
  readonly exitCode: number;
}

export interface OptionSpec {
  /** Such as `--cli-version <version>`. */
  readonly flags: string;
  readonly summary: string;
  readonly choices?: readonly string[];
  /** May be given several times. */
  readonly repeatable?: true;
}

/** What `--help` and the parser know of a command before it is called. */
export interface CommandEntry {
  /** Its words, such as `profile add`. */
  readonly words: string;
  /** Arguments in commander's notation, such as `[profile]` or `<name>`. */
  readonly args: string;
  readonly summary: string;
  /** Imports the command. Called only for the one command that runs or shows its help. */
  readonly load: () => Promise<Command>;
  /** Whether the words after `--` are a command line of somebody else's, not arguments of ours. */
  readonly takesWords?: true;
  /** Left out of the help: for programs, not for people. */
  readonly hidden?: true;
}

/** A command: its options, and the function that parses, calls a use case and prints. One a file. */
export interface Command {
  readonly options: readonly OptionSpec[];
  /** Complete command lines, shown under `--help`. */
  readonly examples: readonly string[];
  readonly run: (invocation: Invocation) => Promise<ExitStatus | Ended>;
}

export const jsonOption: OptionSpec = { flags: '--json', summary: 'print JSON for scripts' };

/** A text option, or null when it was not given. */
export const textOption = ({ options }: Invocation, name: string): string | null => {
  const value = options[name];
  return typeof value === 'string' ? value : null;
};

export const listOption = ({ options }: Invocation, name: string): readonly string[] | null => {
  const value = options[name];
  return Array.isArray(value) ? value : null;
};
