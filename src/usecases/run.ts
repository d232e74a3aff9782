import { fail, failureLine, ok, type Result } from '../domain/failure.ts';
import { leftJobs } from '../domain/job.ts';
import { type LeaseFiles, withoutThemeScreen } from '../domain/lease.ts';
import type { Profile, RuntimeKind } from '../domain/profile.ts';
import type { Job, JobProgram, JobRequest } from '../ports/job.ts';
import type { Ports } from '../ports/ports.ts';
import type { Session, SessionEnd } from '../ports/session.ts';
import { lend } from './lend.ts';
import { openRuntime } from './open-runtime.ts';
import { askLive } from './run-check.ts';
import { keepFresh } from './run-fresh.ts';

export interface RunInput {
  readonly profile: Profile;
  /** Where it runs; the profile's own runtime still refreshes the login. */
  readonly runtime: RuntimeKind;
  readonly request: Omit<JobRequest, 'profile'>;
  /** Whether one live call asks first whether the login is still good. */
  readonly check: boolean;
  /** The login is refreshed first when its access token is good for less than this. Milliseconds. */
  readonly marginMs: number;
}

/** What the terminal can do. Its name only where its description is: an image has not every one. */
export const terminalVariables = (
  { TERM, COLORTERM }: Readonly<Record<string, string | undefined>>,
  runtime: RuntimeKind,
): readonly string[] => [
  `COLORTERM=${COLORTERM ?? ''}`,
  ...(TERM && runtime === 'sandbox' ? [`TERM=${TERM}`] : []),
];

/** The wishes of a person who interrupts. */
export interface Interruption {
  /** Passed on to the program, with the signal's name as its reason. */
  readonly signal: AbortSignal;
  /** Ends the program at once. */
  readonly hurry: AbortSignal;
}

/** Joins a person's streams with those of the program, until it has ended and its last byte is out. */
export type Connect = (program: JobProgram) => Promise<SessionEnd>;

/** Runs a command on a lease of a profile's login; how the command ended. Everything of it is gone afterwards. */
export const run = async (
  ports: Ports,
  { profile, runtime: kind, request, check, marginMs }: RunInput,
  connect: Connect,
  onProgress: (line: string) => void,
  interruption: Interruption,
): Promise<Result<SessionEnd>> => {
  const { signal } = interruption;
  const runtime = await openRuntime(ports, kind, signal, {
    needsImage: request.container.image === null,
  });
  if (!runtime.ok) return runtime;
  const [left, lent] = await Promise.all([
    runtime.value.removeLeftJobs(),
    lend(ports, { profile, marginMs }, onProgress, signal),
  ]);
  if (left.ok && left.value > 0) onProgress(leftJobs(left.value));
  if (!lent.ok) return lent;
  const { lease, warning } = lent.value;
  if (warning !== null) onProgress(failureLine(warning));
  if (check) {
    const live = await askLive(runtime.value, profile, lease, signal);
    if (!live.ok) return live;
  }
  const started = await runtime.value.startJob(
    { ...request, profile: profile.name },
    withoutThemeScreen(lease),
    signal,
  );
  if (!started.ok) return started;
  return attend(ports, { profile, job: started.value, lease }, connect, onProgress, interruption);
};

interface Attended {
  readonly profile: Profile;
  readonly job: Job;
  readonly lease: LeaseFiles;
}

const attend = async (
  ports: Ports,
  { profile, job, lease }: Attended,
  connect: Connect,
  onProgress: (line: string) => void,
  interruption: Interruption,
): Promise<Result<SessionEnd>> => {
  for (const note of job.notes) onProgress(note);
  const over = new AbortController();
  const pushing = keepFresh(ports, { profile, job, lease }, onProgress, over.signal);
  // A bug in there is told at the end, by who waits for it.
  pushing.catch(() => undefined);
  try {
    return await untilTheEnd(ports, job, connect, interruption);
  } finally {
    over.abort();
    await pushing;
    const removed = await job.remove();
    if (!removed.ok) onProgress(failureLine(removed.failure));
  }
};

/** How long a program that was asked to end may take; the engine's own `stop` gives as much. */
const graceMs = 10_000;
/** How long the last output of one that was ended is waited for: nobody may be reading it. */
const lastOutputMs = 2000;
/** The exit code of a program that was ended (128 + 9). */
const killed = 137;

/**
 * Connects the program and waits for its end. A signal of ours is passed on to it; one that stays is ended, by `endNow`
 * where that takes care.
 */
export const untilTheEnd = async (
  { clock }: Pick<Ports, 'clock'>,
  job: Pick<Job, 'program'>,
  connect: Connect,
  { signal, hurry }: Interruption,
  endNow: (() => Promise<unknown>) | null = null,
): Promise<Result<SessionEnd>> => {
  const program = job.program.kind === 'terminal' ? job.program.session : job.program.pipes;
  const over = new AbortController();
  const forced = Promise.withResolvers<SessionEnd>();
  const pause = (milliseconds: number, ...sooner: readonly AbortSignal[]) =>
    clock.wait(milliseconds, AbortSignal.any([over.signal, ...sooner])).catch(() => undefined);
  const stop = async () => {
    void program.kill(signalOf(signal.reason));
    await pause(graceMs, hurry);
    if (over.signal.aborted) return;
    void (endNow ?? (() => program.kill('SIGKILL')))();
    await pause(lastOutputMs);
    forced.resolve({ exitCode: killed });
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) void stop();
  try {
    const end = await Promise.race([connect(job.program), forced.promise]);
    return end.exitCode === null ? lost() : ok(end);
  } finally {
    signal.removeEventListener('abort', stop);
    over.abort();
  }
};

type KillSignal = Parameters<Session['kill']>[0];

/** The signal that reached us, as it is named by whoever aborted. */
const signalOf = (reason: unknown): KillSignal =>
  reason === 'SIGINT' || reason === 'SIGHUP' ? reason : 'SIGTERM';

const lost = (): Result<never> =>
  fail(
    'engine.lost',
    'How the command ended is not known',
    'the connection to it was cut',
    'see that the engine runs (`docker version`), then run it again',
  );
