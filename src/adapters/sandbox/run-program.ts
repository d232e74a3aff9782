import { spawn } from 'node:child_process';
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
    const child = spawn(path, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    let late = false;
    const stop = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has just ended.
      }
    };
    const timer = setTimeout(() => {
      late = true;
      stop();
    }, timeoutMs);
    signal.addEventListener('abort', stop);
    const settle = (result: Result<CliOutput>) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(result);
    };
    child.on('error', (error) =>
      settle(fail('cli.missing', what, error.message, 'check that the Claude CLI is installed')),
    );
    child.on('close', (code) => {
      if (signal.aborted) return settle(interrupted(what));
      if (late) {
        const seconds = Math.round(timeoutMs / 1000);
        return settle(
          fail(
            'cli.timeout',
            what,
            `it gave no answer within ${seconds} s`,
            'check the network, then try again',
          ),
        );
      }
      settle(ok({ exitCode: code ?? 1, stdout: stdout(), stderr: stderr() }));
    });
  });

const collect = (stream: NodeJS.ReadableStream): (() => string) => {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < limitBytes) chunks.push(chunk.subarray(0, limitBytes - size));
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
};
