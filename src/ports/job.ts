import type { Readable, Writable } from 'node:stream';
import type { Result } from '../domain/failure.ts';
import type { JobMount } from '../domain/job.ts';
import type { LeaseFiles } from '../domain/lease.ts';
import type { WorkingCopy } from './runtime.ts';
import type { Session, TerminalSize } from './session.ts';

/**
 * A program without a terminal, its three streams apart: bytes, with back-pressure both ways. Ending `stdin` is the end
 * of its input.
 */
export interface PipedProgram extends Pick<Session, 'kill' | 'ended'> {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

export type JobProgram =
  | { readonly kind: 'terminal'; readonly session: Session }
  | { readonly kind: 'pipes'; readonly pipes: PipedProgram };

/** What only a job in a container can be given. */
export interface JobContainer {
  /** Reference of an image; null for the setup image. */
  readonly image: string | null;
  readonly name: string | null;
  readonly mounts: readonly JobMount[];
  readonly network: string | null;
  /** `UID[:GID]` or names of the image; null for the image's own user, or uid 1000 where that is root. */
  readonly user: string | null;
  /** Whether the root file system can't be written; `/tmp` and the lease's folder still can. */
  readonly readOnly: boolean;
}

/** A command to run with a login under its feet. */
export interface JobRequest {
  readonly profile: string;
  readonly command: readonly string[];
  /** `NAME=value` lines of the person's own. */
  readonly env: readonly string[];
  readonly workdir: string | null;
  /** The size of the terminal that it gets; null for none. */
  readonly size: TerminalSize | null;
  readonly container: JobContainer;
}

/** A command that runs. Everything of it goes with `remove`. */
export interface Job {
  readonly id: string;
  /** What a person should know about how it was started, one line each. */
  readonly notes: readonly string[];
  readonly program: JobProgram;
  /** Puts the next lease in place of the one before; a reader finds the old or the new one, whole. */
  push(lease: LeaseFiles): Promise<Result<void>>;
  /** Ends the program and removes everything the job left. Safe to call twice. */
  remove(): Promise<Result<void>>;
}

/** A command that holds a whole login. Nothing of it goes by itself: what it made of the login is adopted first. */
export interface FullJob extends Pick<Job, 'id' | 'notes' | 'program'> {
  readonly copy: WorkingCopy;
}
