import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import type { CliOutput } from '../../ports/runtime.ts';

/** What is kept of each stream. */
const limitBytes = 1024 * 1024;

export interface ProgramRun {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Runs a program without a terminal to its end. Its whole process group is ended on time-out and on abort. */
export const runProgram = (
  path: string,
  args: readonly string[],
  { env, cwd, timeoutMs, signal }: ProgramRun,
): Promise<Result<CliOutput>> =>
  new Promise((resolve) => {
    const what = `${['claude', ...args].join(' ')} was not run to its end`;
    if (signal.aborted) return resolve(interrupted(what));
    const missing = (error: Error) =>
      fail('cli.missing', what, error.message, 'check that the Claude CLI is installed');
    const child = start(path, args, { env, cwd });
    if (child instanceof Error) return resolve(missing(child));
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const settle = (result: Result<CliOutput>) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', interrupt);
      resolve(result);
    };
    let stopped: Result<CliOutput> | null = null;
    /** Nothing more is waited for then: what the program started may hold its output open for ever. */
    const stop = (result: Result<CliOutput>) => {
      stopped = result;
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has just ended.
      }
      if (child.exitCode !== null || child.signalCode !== null) settle(result);
    };
    const interrupt = () => stop(interrupted(what));
    const late = `it gave no answer within ${Math.round(timeoutMs / 1000)} s`;
    const timer = setTimeout(
      () => stop(fail('cli.timeout', what, late, 'check the network, then try again')),
      timeoutMs,
    );
    signal.addEventListener('abort', interrupt);
    child.on('error', (error) => settle(missing(error)));
    child.on('exit', () => {
      if (stopped !== null) settle(stopped);
    });
    child.on('close', (code) =>
      settle(stopped ?? ok({ exitCode: code ?? 1, stdout: stdout(), stderr: stderr() })),
    );
  });

/** Node tells some errors by an event and throws others. */
const start = (
  path: string,
  args: readonly string[],
  place: Pick<ProgramRun, 'env' | 'cwd'>,
): ChildProcessByStdio<null, Readable, Readable> | Error => {
  try {
    return spawn(path, args, { ...place, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  } catch (error) {
    return error as Error;
  }
};

const collect = (stream: Readable): (() => string) => {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < limitBytes) chunks.push(chunk.subarray(0, limitBytes - size));
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
};
