import { constants } from 'node:os';
import { commands } from './cli/commands.ts';
import { runProgram } from './cli/program.ts';
import { createPorts } from './compose.ts';
import { plainLines } from './domain/plain-text.ts';
import { redact } from './domain/redact.ts';
import { processIo } from './process-io.ts';
import { version } from './version.ts';

/**
 * The end by a fault of ours. Node would print the message and the line of the source as they are, and put them into a
 * report where one was asked for.
 */
const crash = (error: unknown): never => {
  const { inspect } = process.getBuiltinModule('node:util');
  process.stderr.write(
    `claude-setup: This is a fault of the program: ${plainLines(redact(inspect(error)))}\nFix: report it, with what claude-setup support writes\n`,
  );
  return process.exit(1);
};

/** What a person sees who has pressed Ctrl+C and waits; whatever draws on the whole terminal is left alone. */
const sayLeaving = (): void => {
  if (process.stdin.isRaw === true) return;
  process.stderr.write(
    'claude-setup: Leaving as soon as what was begun is tidied up. Ctrl+C again leaves at once; the next command tidies up then\n',
  );
};

/** Runs a command line in this process, and leaves its exit status. */
export const run = async (args: readonly string[]): Promise<void> => {
  const { env } = process;
  process.on('uncaughtException', crash);
  const interruption = new AbortController();
  const hurry = new AbortController();
  const hurryMs = 1000;
  const silenceMs = 1000;
  let interruptedBy: NodeJS.Signals | null = null;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // A second signal means "now": what is not cleaned up within a moment, or at a third, is left to the next start.
      const exit = () => process.exit(128 + constants.signals[name]);
      if (hurry.signal.aborted) exit();
      if (interruptedBy === null) {
        interruption.abort(name);
        if (name === 'SIGINT') setTimeout(sayLeaving, silenceMs).unref();
      } else {
        hurry.abort(name);
        setTimeout(exit, hurryMs).unref();
      }
      interruptedBy ??= name;
    });
  }
  const ports = createPorts({ env, platform: process.platform, interruption: interruption.signal });
  const status = await runProgram(args, {
    version,
    commands,
    home: async (invocation) => (await import('./cli/home.ts')).home(invocation),
    ports,
    debug: env.CLAUDE_SETUP_DEBUG === '1',
    openLog: async () => {
      const { openDebugLog } = await import('./open-debug-log.ts');
      return openDebugLog(ports);
    },
    openPractice: async () => {
      const { openPractice, livelyPace } = await import('./open-practice.ts');
      return openPractice({ env, clock: ports.clock, pace: livelyPace });
    },
    io: processIo(process, () => interruption.abort()),
    signal: interruption.signal,
    hurry: hurry.signal,
  });
  if (typeof status === 'object') process.exitCode = status.exitCode;
  else process.exitCode = interruptedBy === null ? status : 128 + constants.signals[interruptedBy];
};
