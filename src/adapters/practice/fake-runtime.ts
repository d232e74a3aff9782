import { type Failure, fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import type { LeaseFiles } from '../../domain/lease.ts';
import type { RuntimeKind, SignInMethod } from '../../domain/profile.ts';
import type { WorkingCopyFiles } from '../../domain/working-copy.ts';
import type { CliOutput, Runtime } from '../../ports/runtime.ts';
import type { TerminalSize } from '../../ports/session.ts';
import { createFakeCopy, type FakeCopy } from './fake-copy.ts';
import type { FakeFiles } from './fake-files.ts';
import { createFakeJob, type FakeJob } from './fake-job.ts';
import { createFakeRun, type FakeRun } from './fake-run.ts';
import { createFakeSession, type FakeSession } from './fake-session.ts';

interface CliCall {
  readonly args: readonly string[];
  readonly lease: LeaseFiles;
}

/** A scriptable runtime. Healthy by default: sign-ins start, and the CLI accepts every lease. */
export interface FakeRuntime extends Runtime {
  /** Every run that was started or left, oldest first. */
  readonly runs: readonly FakeRun[];
  /** The newest run; throws when there is none. */
  readonly run: FakeRun;
  /** A run that an earlier process left: its session alive, or ended (null). */
  leave(options: {
    readonly profile: string;
    readonly method?: SignInMethod;
    readonly alive?: boolean;
    readonly startedAt?: number;
  }): FakeRun;
  /** How getting ready goes from now on: the lines it tells, then its end. */
  readiness(lines: readonly string[], failure: Failure | null): void;
  /** Every start fails from now on; null heals it. */
  failStart(failure: Failure | null): void;
  /** Looking for runs fails from now on; null heals it. */
  failFind(failure: Failure | null): void;
  /** Every working copy that was started or left, oldest first. */
  readonly copies: readonly FakeCopy[];
  /** A working copy that an earlier process left: what it was made of, and what its CLI made of it. */
  leaveCopy(profile: string, copy: WorkingCopyFiles, refreshed: (files: FakeFiles) => void): FakeCopy;
  /** What the CLI makes of each working copy from now on; nothing unless told. */
  refreshes(cli: (copy: FakeCopy) => void): void;
  /** Starting a refresh fails from now on; null heals it. */
  failRefresh(failure: Failure | null): void;
  /** Every job that was started, oldest first. */
  readonly jobs: readonly FakeJob[];
  /** What each job's program does from now on; it goes on unless told. */
  plays(program: (job: FakeJob) => void): void;
  /** Jobs that killed processes left. */
  leftJobs: number;
  /** Calls of `runCli` so far. */
  readonly calls: readonly CliCall[];
  /** What `runCli` answers from now on. */
  answer(reply: (call: CliCall) => Result<CliOutput> | Promise<Result<CliOutput>>): void;
}

const acceptEverything = ({ args }: CliCall): Result<CliOutput> => {
  if (args[0] === '--version') return ok({ exitCode: 0, stdout: '2.1.330 (Claude Code)\n', stderr: '' });
  const status = { loggedIn: true, authMethod: 'claude.ai', email: 'ada@example.com' };
  return ok({ exitCode: 0, stdout: `${JSON.stringify(status)}\n`, stderr: '' });
};

export interface FakeRuntimeOptions {
  readonly kind?: RuntimeKind;
  /** When what it makes is made, in milliseconds since the epoch. */
  readonly now?: () => number;
  /** Called with every sign-in that was started: plays its program. */
  readonly play?: (run: FakeRun) => void;
}

export const createFakeRuntime = ({
  kind = 'docker',
  now = () => Date.UTC(2026, 10, 24),
  play = () => {},
}: FakeRuntimeOptions = {}): FakeRuntime => {
  const runs: FakeRun[] = [];
  const calls: CliCall[] = [];
  const copies: FakeCopy[] = [];
  let refreshingCli: (copy: FakeCopy) => void = () => {};
  const jobs: FakeJob[] = [];
  let jobProgram: (job: FakeJob) => void = () => {};
  let refreshFailure: Failure | null = null;
  let startFailure: Failure | null = null;
  let preparing: { readonly lines: readonly string[]; readonly failure: Failure | null } = {
    lines: [],
    failure: null,
  };
  let findFailure: Failure | null = null;
  let reply: (call: CliCall) => Result<CliOutput> | Promise<Result<CliOutput>> = acceptEverything;

  const add = (options: {
    readonly profile: string;
    readonly method: SignInMethod;
    readonly startedAt: number;
    readonly session: FakeSession | null;
  }): FakeRun => {
    const run = createFakeRun(`run-${runs.length + 1}`, options);
    runs.push(run);
    return run;
  };

  return {
    kind,
    runs,
    calls,
    copies,
    jobs,
    leftJobs: 0,
    get run() {
      const run = runs.at(-1);
      if (run === undefined) throw new Error('no sign-in was started');
      return run;
    },
    leave({ profile, method = 'auth-login', alive = false, startedAt = now() }) {
      return add({ profile, method, startedAt, session: alive ? createFakeSession() : null });
    },
    readiness(lines, failure) {
      preparing = { lines, failure };
    },
    async prepare(onProgress) {
      for (const text of preparing.lines) onProgress({ text });
      if (preparing.failure !== null) return { ok: false, failure: preparing.failure };
      return ok({ description: kind === 'docker' ? 'claude-setup:latest' : 'claude 2.1.330 on this host' });
    },
    failStart(failure) {
      startFailure = failure;
    },
    failFind(failure) {
      findFailure = failure;
    },
    answer(next) {
      reply = next;
    },
    async startSignIn({ profile, method, size }, signal) {
      if (startFailure !== null) return { ok: false, failure: startFailure };
      if (signal.aborted)
        return fail('interrupted', 'The sign-in did not start', 'it was interrupted', 'start again');
      const session = createFakeSession();
      session.resize(size);
      const run = add({ profile: profile.name, method, startedAt: now(), session });
      play(run);
      return ok(run);
    },
    async findSignIns(profile, size: TerminalSize | null) {
      if (findFailure !== null) return { ok: false, failure: findFailure };
      const found = runs.filter((run) => run.profile === profile && !run.removed);
      if (size === null)
        return ok(found.map((run) => ({ ...run, session: null, remove: () => run.remove() })));
      for (const run of found) run.session?.resize(size);
      return ok(found.toSorted((a, b) => b.startedAt - a.startedAt));
    },
    refreshes(cli) {
      refreshingCli = cli;
    },
    failRefresh(failure) {
      refreshFailure = failure;
    },
    leaveCopy(profile, copy, refreshed) {
      const left = createFakeCopy(`copy-${copies.length + 1}`, profile, copy);
      copies.push(left);
      refreshed(left.files);
      return left;
    },
    async startRefresh(profile, copy) {
      if (refreshFailure !== null) return { ok: false, failure: refreshFailure };
      const started = createFakeCopy(`copy-${copies.length + 1}`, profile, copy);
      copies.push(started);
      refreshingCli(started);
      return ok(started);
    },
    async findWorkingCopies(profile) {
      if (findFailure !== null) return { ok: false, failure: findFailure };
      return ok(copies.filter((copy) => copy.profile === profile && !copy.removed));
    },
    plays(program) {
      jobProgram = program;
    },
    async startJob(request, lease, signal) {
      if (startFailure !== null) return { ok: false, failure: startFailure };
      if (signal.aborted) return interrupted('The command was not run');
      const job = createFakeJob(`job-${jobs.length + 1}`, request, lease);
      jobs.push(job);
      jobProgram(job);
      return ok(job);
    },
    async startFullJob(request, files, signal) {
      if (startFailure !== null) return { ok: false, failure: startFailure };
      if (signal.aborted) return interrupted('The command was not run');
      const copy = createFakeCopy(`copy-${copies.length + 1}`, request.profile, files, 'job');
      copies.push(copy);
      const job = createFakeJob(`job-${jobs.length + 1}`, request, copy);
      jobs.push(job);
      jobProgram(job);
      return ok({ id: job.id, notes: [], program: job.program, copy });
    },
    async removeLeftJobs() {
      const left = this.leftJobs;
      this.leftJobs = 0;
      return ok(left);
    },
    async runCli(args, lease) {
      const call = { args, lease };
      calls.push(call);
      return reply(call);
    },
  };
};
