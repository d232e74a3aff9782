import { useApp, useStdout, useWindowSize } from 'ink';
import { useState } from 'react';
import { argvOf } from '../../../domain/command-line.ts';
import { ok } from '../../../domain/failure.ts';
import type { Profile } from '../../../domain/profile.ts';
import { redact } from '../../../domain/redact.ts';
import type { JobProgram } from '../../../ports/job.ts';
import type { SessionEnd } from '../../../ports/session.ts';
import { usualMarginMs } from '../../../usecases/refresh.ts';
import { run, terminalVariables } from '../../../usecases/run.ts';
import { usePorts } from '../../ports-context.tsx';
import { joinSession } from '../../terminal/join-session.ts';
import { useKeyboard } from '../../terminal/keyboard-context.ts';
import { type Task, useTask } from '../../use-task.ts';

/** A command that has ended. */
export interface Ran {
  readonly line: string;
  readonly exitCode: number;
  readonly milliseconds: number;
  /** What was said about it before, meanwhile and afterwards; it could not be read while the command had the terminal. */
  readonly said: readonly string[];
}

export interface Running {
  readonly task: Task<Ran>;
  /** What goes on before the command has the terminal and after it; null while it has it. */
  readonly doing: string | null;
  readonly start: (profile: Profile, line: string, onEnd: () => void) => void;
  readonly cancel: () => void;
}

/** Runs a command with the whole terminal; the screens are away meanwhile. */
export const useRun = (): Running => {
  const ports = usePorts();
  const keyboard = useKeyboard();
  const { stdout } = useStdout();
  const { suspendTerminal } = useApp();
  const size = useWindowSize();
  const running = useTask<Ran>();
  const [doing, setDoing] = useState<string | null>('');

  const connect = async (program: JobProgram): Promise<SessionEnd> => {
    if (program.kind === 'pipes') throw new Error('a command that has the terminal was given pipes');
    setDoing(null);
    let end: SessionEnd = { exitCode: null };
    await suspendTerminal(async () => {
      end = await joinSession({ session: program.session, keyboard, stdout });
    });
    setDoing('Removing what it ran in');
    return end;
  };
  const start: Running['start'] = (profile, line, onEnd) => {
    const { runtime } = profile;
    setDoing('Preparing');
    running.start(
      async (signal, live) => {
        const since = ports.clock.now();
        const said: string[] = [];
        const ended = await run(
          ports,
          {
            profile,
            runtime,
            check: false,
            marginMs: usualMarginMs,
            request: {
              command: argvOf(line),
              env: terminalVariables(ports.host.env, runtime),
              workdir: null,
              size,
              container: { image: null, name: null, mounts: [], network: null, user: null, readOnly: false },
            },
          },
          connect,
          (text) => {
            said.push(redact(text));
            live(() => setDoing((now) => (now === null ? null : redact(text))));
          },
          // A second interruption ends the whole program.
          { signal, hurry: new AbortController().signal },
        );
        if (!ended.ok) return ended;
        return ok({
          line,
          exitCode: ended.value.exitCode ?? 1,
          milliseconds: ports.clock.now() - since,
          said,
        });
      },
      () => onEnd(),
    );
  };
  return { task: running.task, doing, start, cancel: () => void running.cancel() };
};
