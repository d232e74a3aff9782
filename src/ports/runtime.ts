import type { Result } from '../domain/failure.ts';
import type { LeaseFiles } from '../domain/lease.ts';
import type { Profile, RuntimeKind, SignInMethod } from '../domain/profile.ts';
import type { WorkingCopyFiles } from '../domain/working-copy.ts';
import type { FullJob, Job, JobRequest } from './job.ts';
import type { Session, TerminalSize } from './session.ts';
import type { TarStream } from './tar-stream.ts';

/** What one look at a file costs: its metadata, no content. */
export interface RemoteStat {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** Permission bits, such as 0o600. */
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** A sign-in under way or finished: the session, and the config directory it fills. It outlives this process. */
export interface SignInRun {
  readonly id: string;
  readonly profile: string;
  readonly method: SignInMethod;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The session, or null when the run was found again and its program has ended. */
  readonly session: Session | null;
  /** One look at a file, by its path relative to the config directory (`.` for the directory itself); null when it is not there. */
  stat(path: string): Promise<Result<RemoteStat | null>>;
  /** A file's content, at most `limit` bytes of it; null when it is not there. */
  read(path: string, limit: number): Promise<Result<Uint8Array | null>>;
  /** The config directory as a tar stream, its entries relative to the directory (`./…`). */
  download(signal: AbortSignal): Promise<Result<TarStream>>;
  /** Ends the program and removes everything the run left. Safe to call twice. */
  remove(): Promise<Result<void>>;
}

export interface SignInRequest {
  readonly profile: Profile;
  readonly method: SignInMethod;
  readonly size: TerminalSize;
}

/** What a finished command of the CLI said. */
export interface CliOutput {
  readonly exitCode: number;
  /** At most 1 MiB each. */
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A private copy of a whole login in which the CLI refreshes. From the moment the issuer has answered it holds the only
 * valid refresh token, so it outlives this process and is removed only on request.
 */
export interface WorkingCopy {
  readonly id: string;
  /** Whether a refresh works in it, or a person's own command that holds the whole login. */
  readonly holder: 'refresh' | 'job';
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The login that it was made of (`loginMark`). */
  readonly base: string;
  /**
   * Waits until the CLI in it has ended: false when it still runs after `timeoutMs`. Neither that nor an abort
   * (`interrupted`) ends the CLI. One whose start a killed process had asked for is made sure of first. A job is not
   * waited for but ended, at a moment when no CLI in it is refreshing.
   */
  settled(timeoutMs: number, signal: AbortSignal): Promise<Result<boolean>>;
  /** A file's content by its path relative to the config directory, at most `limit` bytes; null when it is not there. */
  read(path: string, limit: number): Promise<Result<Uint8Array | null>>;
  /** Ends the CLI and removes everything. Safe to call twice. */
  remove(): Promise<Result<void>>;
}

/** One thing that getting the runtime ready did, for people. */
export interface PrepareProgress {
  /** One line without escape sequences. */
  readonly text: string;
}

/** Where the CLI runs. The docker and the sandbox runtime are told apart nowhere else. */
export interface Runtime {
  readonly kind: RuntimeKind;
  /**
   * Makes sure that the CLI is there, which may take minutes the first time: the sandbox finds `claude` on the PATH or
   * installs it, the docker runtime only looks for its image (`image.missing`; building it is the image step's work).
   * `description` says in one line what will be run. `cli.missing`, `cli.install-failed`, `interrupted`.
   */
  prepare(
    onProgress: (progress: PrepareProgress) => void,
    signal: AbortSignal,
  ): Promise<Result<{ readonly description: string }>>;
  /** Starts a sign-in on a pseudo-terminal in an empty config directory. */
  startSignIn(request: SignInRequest, signal: AbortSignal): Promise<Result<SignInRun>>;
  /**
   * The sign-in runs of a profile that an earlier process left, newest first; their sessions attached where still alive.
   * With null for the size nothing is attached and every session is null: only their files are to be looked at.
   */
  findSignIns(profile: string, size: TerminalSize | null): Promise<Result<readonly SignInRun[]>>;
  /**
   * Runs the CLI once, without a terminal, on a fresh private config directory that holds only `lease`, and
   * removes it on every way out. `cli.timeout` after `timeoutMs`.
   */
  runCli(
    args: readonly string[],
    lease: LeaseFiles,
    options: {
      readonly profile: string;
      readonly timeoutMs: number;
      readonly signal: AbortSignal;
      /** More variables for the CLI. */
      readonly env?: Readonly<Record<string, string>>;
    },
  ): Promise<Result<CliOutput>>;
  /** Starts a person's own command on a lease. Nothing is left when this fails. */
  startJob(request: JobRequest, lease: LeaseFiles, signal: AbortSignal): Promise<Result<Job>>;
  /**
   * Starts a person's own command on a whole login, journalled as a working copy: it outlives this process and is found
   * by `findWorkingCopies`. When this fails a copy may still have been left.
   */
  startFullJob(request: JobRequest, copy: WorkingCopyFiles, signal: AbortSignal): Promise<Result<FullJob>>;
  /** Removes the jobs on leases that killed processes left; how many there were. */
  removeLeftJobs(): Promise<Result<number>>;
  /**
   * Starts the CLI on a working copy in a way that makes it refresh and wait for the issuer. When this fails a copy may still have
   * been left, for `findWorkingCopies`.
   */
  startRefresh(profile: string, copy: WorkingCopyFiles, signal: AbortSignal): Promise<Result<WorkingCopy>>;
  /** The working copies of a profile that were not removed, oldest first. To be asked under the profile's lock. */
  findWorkingCopies(profile: string): Promise<Result<readonly WorkingCopy[]>>;
}
