import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rename, rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import type { LeaseFiles } from '../../domain/lease.ts';
import type { Job, JobProgram, JobRequest, PipedProgram } from '../../ports/job.ts';
import type { SessionEnd } from '../../ports/session.ts';
import { openPtySession } from '../pty/session.ts';
import { identityOf } from '../store/process-identity.ts';
import { sandboxEnvironment } from './environment.ts';
import { programName } from './lease-folder.ts';
import { makeFolders, writeFiles } from './private-folders.ts';

export interface JobPlace {
  /** Makes a private folder for it, which goes with it. */
  readonly openFolder: () => Promise<Result<string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of the CLI. */
  readonly cli: string;
}

const notRun = 'The command was not run';

/** A command on this host, on a lease in a private folder that goes with it. */
export const startJob = async (
  { openFolder, env, cli }: JobPlace,
  request: JobRequest,
  lease: LeaseFiles,
  signal: AbortSignal,
): Promise<Result<Job>> => {
  if (signal.aborted) return interrupted(notRun);
  const folder = await openFolder();
  if (!folder.ok) return folder;
  const folders = { homeDir: join(folder.value, 'home'), configDir: join(folder.value, 'config') };
  const discard = () => rm(folder.value, { recursive: true, force: true, maxRetries: 3 });
  try {
    const made = await makeFolders(Object.values(folders));
    if (!made.ok) return made;
    await writeFiles(folders.configDir, lease.files);
    const path = [dirname(cli), env.PATH ?? ''].join(delimiter);
    const begun = await begin(request, {
      cwd: resolve(request.workdir ?? '.'),
      env: { ...sandboxEnvironment({ ...env, PATH: path }, folders), ...variables(request.env) },
    });
    if (!begun.ok) {
      await discard();
      return begun;
    }
    const { program, pid } = begun.value;
    const running = program.kind === 'terminal' ? program.session : program.pipes;
    // So that the next command of ours ends it, should we be killed.
    await writeFile(join(folder.value, programName), JSON.stringify(await identityOf(pid)), { mode: 0o600 });
    return ok({
      id: folder.value,
      notes: [],
      program,
      push: (next) => push(folders.configDir, next),
      async remove() {
        await running.kill('SIGKILL');
        await running.ended;
        try {
          await discard();
          return ok(undefined);
        } catch (error) {
          return noRoom((error as Error).message);
        }
      },
    });
  } catch (error) {
    await discard();
    return noRoom((error as Error).message);
  }
};

const noRoom = (why: string): Result<never> =>
  fail('disk.error', 'There is no place for a working copy', why, 'free some space, then try again');

const variables = (lines: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The shell says what is wrong with a program that can't be run, and ends with 126 or 127, as people know it. */
const throughShell = (command: readonly string[]): readonly string[] => ['-c', 'exec "$@"', 'sh', ...command];

const begin = async (
  { command, size }: JobRequest,
  { cwd, env }: Surroundings,
): Promise<Result<{ readonly program: JobProgram; readonly pid: number }>> => {
  const args = throughShell(command);
  if (size !== null) {
    const session = await openPtySession({ command: '/bin/sh', args, cwd, env, size });
    return session.ok
      ? ok({ program: { kind: 'terminal', session: session.value }, pid: session.value.pid })
      : session;
  }
  // A group of its own, so that a signal reaches what it starts as well.
  const child = spawn('/bin/sh', args, { cwd, env, stdio: 'pipe', detached: true });
  try {
    await once(child, 'spawn');
  } catch (error) {
    return fail(
      'command.unusable',
      notRun,
      (error as Error).message,
      'see that the working directory is there',
    );
  }
  const pid = child.pid ?? 0;
  let over = false;
  const ended = once(child, 'exit').then(([code, name]): SessionEnd => {
    over = true;
    return { exitCode: code ?? 128 + (constants.signals[name as NodeJS.Signals] ?? 0) };
  });
  // A program that does not read its input is no trouble of ours.
  child.stdin.on('error', () => undefined);
  const pipes: PipedProgram = {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    async kill(name) {
      try {
        if (!over) process.kill(-pid, constants.signals[name]);
      } catch {
        // It has just ended.
      }
    },
  };
  return ok({ program: { kind: 'pipes', pipes }, pid });
};

/** By rename, so that a reader finds the old lease or the new one. */
const push = async (configDir: string, lease: LeaseFiles): Promise<Result<void>> => {
  const next = join(configDir, `.credentials.json.tmp.${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(next, lease.files.get('.credentials.json') ?? '', { mode: 0o600 });
    await rename(next, join(configDir, '.credentials.json'));
    return ok(undefined);
  } catch (error) {
    await rm(next, { force: true });
    return noRoom((error as Error).message);
  }
};
