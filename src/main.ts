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
let interruptedBy: NodeJS.Signals | null = null;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // A second signal means "now": whatever cleaning up still waits for is left to the next start.
    if (interruptedBy !== null) process.exit(128 + constants.signals[name]);
    interruptedBy = name;
    interruption.abort();
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
});
process.exitCode = interruptedBy === null ? status : 128 + constants.signals[interruptedBy];
