import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { delimiter, dirname, resolve } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { fail, ok, type Result } from '../../domain/failure.ts';
import type { JobProgram, JobRequest, PipedProgram } from '../../ports/job.ts';
import type { SessionEnd } from '../../ports/session.ts';
import { openPtySession } from '../pty/session.ts';
import { sandboxEnvironment } from './environment.ts';

const variables = (lines: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

interface Surroundings {
  /** Arguments of `/bin/sh` that have it run the command. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of the CLI. */
  readonly cli: string;
  readonly homeDir: string;
  readonly configDir: string;
}

/** A shell says what is wrong with a program that can't be run, and ends with 126 or 127, as people know it. */
export const throughShell = (command: readonly string[]): readonly string[] => [
  '-c',
  'exec "$@"',
  'sh',
  ...command,
];

/** Starts a person's own command on this host, in private folders, where it finds the same CLI as we do. */
export const begin = async (
  request: JobRequest,
  { args, env: given, cli, homeDir, configDir }: Surroundings,
): Promise<Result<{ readonly program: JobProgram; readonly pid: number }>> => {
  const { size } = request;
  const cwd = resolve(request.workdir ?? '.');
  const path = [dirname(cli), given.PATH ?? ''].join(delimiter);
  const env = {
    ...sandboxEnvironment({ ...given, PATH: path }, { homeDir, configDir }),
    ...variables(request.env),
  };
  if (size !== null) {
    const session = await openPtySession({ command: '/bin/sh', args, cwd, env, size });
    return session.ok
      ? ok({ program: { kind: 'terminal', session: session.value }, pid: session.value.pid })
      : session;
  }
  // What a program wrote before somebody reads is let go by Node at its end, unless it is on its way already.
  const kept = (stream: Readable) => stream.pipe(new PassThrough());
  // A group of its own, so that a signal reaches what it starts as well.
  const child = spawn('/bin/sh', args, { cwd, env, stdio: 'pipe', detached: true });
  try {
    await once(child, 'spawn');
  } catch (error) {
    return fail(
      'command.unusable',
      'The command was not run',
      (error as Error).message,
      'see that the working directory is there',
    );
  }
  const [stdout, stderr] = [kept(child.stdout), kept(child.stderr)];
  const pid = child.pid ?? 0;
  let over = false;
  const signalGroup = (name: NodeJS.Signals) => {
    try {
      process.kill(-pid, name);
    } catch {
      // It has just ended.
    }
  };
  const ended = once(child, 'exit').then(([code, name]): SessionEnd => {
    over = true;
    // What it left behind has lost its home.
    signalGroup('SIGKILL');
    return { exitCode: code ?? 128 + (constants.signals[name as NodeJS.Signals] ?? 0) };
  });
  // A program that does not read its input is no trouble of ours.
  child.stdin.on('error', () => undefined);
  const pipes: PipedProgram = {
    stdin: child.stdin,
    stdout,
    stderr,
    ended,
    async kill(name) {
      if (!over) signalGroup(name);
    },
  };
  return ok({ program: { kind: 'pipes', pipes }, pid });
};
