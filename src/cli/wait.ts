import { durationOf } from '../domain/duration.ts';
import { fail, ok, type Result } from '../domain/failure.ts';
import type { Locks } from '../ports/locks.ts';
import type { Command, Invocation, OptionSpec } from './command.ts';
import { printFailure, progressLine } from './io.ts';

const waitOption: OptionSpec = {
  flags: '--wait [time]',
  summary: 'wait while another process holds the profile (alone: as long as it takes)',
};

/** The command with `--wait`. Every command that takes the lock of a profile gets it this way. */
export const withWait = (
  { options, run, ...command }: Command,
  /** Whether it may draw screens, over which nothing can be printed meanwhile. */
  { screens = false } = {},
): Command => ({
  ...command,
  options: [...options, waitOption],
  run: async (invocation) => {
    const wait = waitOf(invocation);
    if (!wait.ok) return printFailure(invocation.io, wait.failure, invocation.options.json === true);
    if (wait.value === null) return run(invocation);
    const { ports, io } = invocation;
    const tell = screens ? () => {} : (line: string) => progressLine(io, line);
    return run({ ...invocation, ports: { ...ports, locks: waitingLocks(ports.locks, wait.value, tell) } });
  },
});

/** Milliseconds; null when it was not asked for. */
const waitOf = ({ options }: Invocation): Result<number | null> => {
  const { wait } = options;
  if (wait === undefined) return ok(null);
  const milliseconds = typeof wait === 'string' ? durationOf(wait) : Number.POSITIVE_INFINITY;
  return milliseconds === null
    ? fail('usage', 'Nothing was done', '--wait is no span of time', 'give one such as 30s or 5m, or none')
    : ok(milliseconds);
};

const waitingLocks = (locks: Locks, waitMs: number, tell: (line: string) => void): Locks => ({
  acquire: async (profile, options) => {
    const now = await locks.acquire(profile, { ...options, waitMs: 0 });
    if (now.ok || now.failure.code !== 'locked' || waitMs === 0) return now;
    tell(`Waiting: ${now.failure.what}, ${now.failure.why}`);
    return locks.acquire(profile, { ...options, waitMs });
  },
});
