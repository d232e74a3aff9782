import { type ExitStatus, exitStatusOf, type Failure, failureLine } from '../domain/failure.ts';
import { plainJson, plainText } from '../domain/plain-text.ts';
import { redact } from '../domain/redact.ts';
import { redactDeep } from '../domain/redact-deep.ts';
import { statusMarks } from './status-mark.ts';

/** The streams of a command: results to stdout, progress and diagnostics to stderr. */
export interface Io {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Writes to stdout. */
  readonly print: (text: string) => void;
  /** Whether a person sits at both ends. */
  readonly interactive: boolean;
  /** Whether a person sees what is asked on stderr, and can answer. */
  readonly answering: boolean;
  readonly color: boolean;
  readonly unicode: boolean;
}

/** A line as it may be printed. It can hold what the engine, the CLI or a file says, and only our marks have colours. */
const printable = (line: string): string =>
  redact(line)
    .split(statusMarks)
    .map((part, at) => (at % 2 === 1 ? part : plainText(part)))
    .join('');

export const printLines = (io: Io, lines: readonly string[]): void => {
  // A token can be cut into lines.
  io.print(`${redact(lines.map(printable).join('\n'))}\n`);
};

export const printJson = (io: Io, value: unknown): void => {
  io.print(`${plainJson(redactDeep(value), 2)}\n`);
};

export const progressLine = (io: Io, line: string): void => {
  io.stderr.write(`${printable(line)}\n`);
};

/** A failure that is fit to be printed. */
export const redacted = ({ code, what, why, fix }: Failure): Failure => ({
  code,
  what: redact(what),
  why: redact(why),
  fix: redact(fix),
});

/** Prints a failure: one line on stderr, and with `json` the same as an object on stdout. Gives its exit status. */
export const printFailure = (io: Io, failure: Failure, json = false): ExitStatus => {
  const clean = redacted(failure);
  if (json) printJson(io, { error: clean });
  io.stderr.write(`claude-setup: ${plainText(failureLine(clean).replaceAll(/\s*[\r\n]+\s*/g, ' '))}\n`);
  return exitStatusOf(failure);
};
