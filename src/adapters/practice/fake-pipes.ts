import { PassThrough } from 'node:stream';
import type { PipedProgram } from '../../ports/job.ts';
import type { Session, SessionEnd } from '../../ports/session.ts';

type KillSignal = Parameters<Session['kill']>[0];

const signalNumbers: Record<KillSignal, number> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** A scriptable program without a terminal: `stdin` is read, `stdout` and `stderr` are written by the test. */
export interface FakePipes extends PipedProgram {
  readonly stdin: PassThrough;
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
  readonly signals: readonly KillSignal[];
  /** Signals that do nothing. */
  readonly ignores: Set<KillSignal>;
  /** The program ends; null as when the engine was lost. */
  end(exitCode?: number | null): void;
}

export const createFakePipes = (): FakePipes => {
  const { promise: ended, resolve } = Promise.withResolvers<SessionEnd>();
  const signals: KillSignal[] = [];
  let over = false;
  const pipes: FakePipes = {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    signals,
    ignores: new Set(),
    ended,
    end(exitCode = 0) {
      if (over) return;
      over = true;
      pipes.stdout.end();
      pipes.stderr.end();
      resolve({ exitCode });
    },
    async kill(signal) {
      if (over) return;
      signals.push(signal);
      if (signal === 'SIGKILL' || !pipes.ignores.has(signal)) pipes.end(128 + signalNumbers[signal]);
    },
  };
  return pipes;
};
