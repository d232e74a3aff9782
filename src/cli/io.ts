import { type ExitStatus, exitStatusOf, type Failure, failureLine } from '../domain/failure.ts';
import { redact } from '../domain/redact.ts';
import { redactDeep } from '../domain/redact-deep.ts';

/** The streams of a command: results to stdout, progress and diagnostics to stderr. */
export interface Io {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Whether a person sits at both ends. */
  readonly interactive: boolean;
  readonly color: boolean;
  readonly unicode: boolean;
}

export const printLines = (io: Io, lines: readonly string[]): void => {
  io.stdout.write(`${redact(lines.join('\n'))}\n`);
};

export const printJson = (io: Io, value: unknown): void => {
  io.stdout.write(`${JSON.stringify(redactDeep(value), null, 2)}\n`);
};

export const progressLine = (io: Io, line: string): void => {
  io.stderr.write(`${redact(line)}\n`);
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
  io.stderr.write(`claude-setup: ${failureLine(clean).replaceAll(/\s*[\r\n]+\s*/g, ' ')}\n`);
  return exitStatusOf(failure);
};
