import { constants } from 'node:os';
import { commands } from './cli/commands.ts';
import { home } from './cli/home.ts';
import { type Io, wantsColor, wantsUnicode } from './cli/io.ts';
import { runProgram } from './cli/program.ts';
import { createPorts } from './compose.ts';
import { version } from './version.ts';

const { env, stdin, stdout, stderr } = process;

const io: Io = {
  stdin,
  stdout,
  stderr,
  interactive: stdin.isTTY === true && stdout.isTTY === true && env.TERM !== 'dumb',
  color: wantsColor(env, stdout.isTTY === true),
  unicode: wantsUnicode(env),
};

const interruption = new AbortController();
const hurry = new AbortController();
const hurryMs = 3000;
let interruptedBy: NodeJS.Signals | null = null;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // A second signal means "now": what is not cleaned up within a moment, or at a third, is left to the next start.
    const exit = () => process.exit(128 + constants.signals[name]);
    if (hurry.signal.aborted) exit();
    if (interruptedBy === null) interruption.abort(name);
    else {
      hurry.abort(name);
      setTimeout(exit, hurryMs).unref();
    }
    interruptedBy ??= name;
  });
}
// A reader that went away (`| head`, a closed terminal) is no reason for a stack trace.
for (const stream of [stdout, stderr]) stream.on('error', () => interruption.abort());

const ports = createPorts({ env, platform: process.platform });
const status = await runProgram(process.argv.slice(2), {
  version,
  commands,
  home,
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
  io,
  signal: interruption.signal,
  hurry: hurry.signal,
});
if (typeof status === 'object') process.exitCode = status.exitCode;
else process.exitCode = interruptedBy === null ? status : 128 + constants.signals[interruptedBy];
