import type { Readable } from 'node:stream';
import type { ImageSettings } from '../domain/config.ts';
import type { Failure, Result } from '../domain/failure.ts';
import type { JobMount } from '../domain/job.ts';
import type { ContainerMounts } from '../domain/mounts/mounts.ts';
import type { PipedProgram } from './job.ts';
import type { RemoteStat } from './runtime.ts';
import type { Session, TerminalSize } from './session.ts';
import type { Swarm } from './swarm.ts';
import type { TarStream } from './tar-stream.ts';

export const engineSources = [
  'DOCKER_HOST',
  'context',
  'default',
  'rootless',
  'docker-desktop',
  'colima',
  'orbstack',
  'podman',
] as const;
/** How an engine was found, in the order they are tried. */
export type EngineSource = (typeof engineSources)[number];

/** One place that was looked at and why it was not taken. */
export interface EngineAttempt {
  readonly source: EngineSource;
  /** Such as `unix:///var/run/docker.sock`. */
  readonly endpoint: string;
  readonly failure: Failure;
}

export interface EngineInfo {
  readonly source: EngineSource;
  readonly endpoint: string;
  /** `Docker Engine`, `Podman`, … as the engine calls itself. */
  readonly name: string;
  readonly version: string;
  readonly apiVersion: string;
  /** Such as `linux/amd64`. */
  readonly platform: string;
}

export interface EngineSearch {
  readonly engine: Engine | null;
  readonly attempts: readonly EngineAttempt[];
}

/** Finds an engine. Each candidate is given at most `timeoutMs` (default 3 s). */
export interface Engines {
  find(signal: AbortSignal): Promise<EngineSearch>;
}

export interface ImageInfo {
  readonly id: string;
  readonly tags: readonly string[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Bytes. */
  readonly size: number;
  readonly labels: Readonly<Record<string, string>>;
  /** The user that it runs as, as its Dockerfile names it; empty or absent for root. */
  readonly user?: string;
}

/** One thing that happened in an image build. */
export type BuildEvent =
  | { readonly type: 'step'; readonly step: number; readonly steps: number; readonly text: string }
  | { readonly type: 'line'; readonly text: string }
  /** Progress of the base image's layers, in bytes over all layers known so far. */
  | {
      readonly type: 'pull';
      readonly phase: 'pulling' | 'extracting';
      readonly bytes: number;
      readonly totalBytes: number;
    }
  | { readonly type: 'cached'; readonly step: number };

export interface BuildRequest {
  /** The build context as a tar stream, `Dockerfile.claude-setup` in its root. */
  readonly context: Readable;
  readonly dockerfile: string;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly extraHosts: readonly string[];
  readonly noCache: boolean;
}

/** A container as we start them: no capabilities, no new privileges, limits, our labels. */
export interface ContainerSpec {
  readonly name: string | null;
  readonly image: string;
  readonly command: readonly string[];
  /** `NAME=value`; never a token. */
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly tty: boolean;
  readonly size: TerminalSize | null;
  readonly extraHosts: readonly string[];
  /** For a program that needs nothing: no network, and a root file system that can't be written. */
  readonly alone?: true;
  /**
   * A directory of which the content is in memory only, from now until the container is removed, also after its program
   * has ended; not over a restart of the engine. `image` has `sleep` in it.
   */
  readonly kept?: { readonly target: string; readonly image: string };
  /** What a person chose for their own command; without it a container is as the setup image wants it. */
  readonly place?: ContainerPlace;
}

/** Where in a container a person's own command runs. Its input ends when the one who attached ends it. */
export interface ContainerPlace {
  /** `UID[:GID]` or names. */
  readonly user: string;
  readonly workdir: string | null;
  readonly mounts: readonly JobMount[];
  readonly network: string | null;
  readonly readOnly: boolean;
  /** A volume that goes with the container. One in memory holds things only while the container runs. */
  readonly volume: { readonly target: string; readonly inMemory: boolean };
}

export interface ContainerSummary {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly running: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** A Docker-compatible daemon. Every call has a time limit of its own and answers with a failure, never an exception, when the engine is at fault. */
export interface Engine {
  readonly info: EngineInfo;
  readonly swarm: Swarm;
  /** An image by reference; null when there is none. */
  image(reference: string): Promise<Result<ImageInfo | null>>;
  /** Builds an image. Aborting the signal cancels it and leaves no container and no dangling image of its own behind. */
  build(
    request: BuildRequest,
    onEvent: (event: BuildEvent) => void,
    signal: AbortSignal,
  ): Promise<Result<ImageInfo>>;
  create(spec: ContainerSpec): Promise<Result<string>>;
  /** Attaches to a container's terminal. Attach before `start`, so that nothing is missed. */
  attach(container: string, size: TerminalSize): Promise<Result<Session>>;
  /** Attaches to a container without a terminal that has a `place`. Attach before `start`, so that nothing is missed. */
  attachPipes(container: string): Promise<Result<PipedProgram>>;
  /** Runs a short program in a running container as its user, and waits for it; its exit code. */
  exec(container: string, command: readonly string[]): Promise<Result<number>>;
  /**
   * What a short program says that runs where the memory of a `kept` container is seen, as the owner of `directory`. Null
   * when nothing is kept for it, and when the program fails. For what the engine itself does not find any more.
   */
  askKeeper(container: string, directory: string, command: readonly string[]): Promise<Result<string | null>>;
  /** Ends a container's program for good. Fine when it has ended. */
  kill(container: string): Promise<Result<void>>;
  /** Stops every process of a container where it is, or lets them go on. */
  freeze(container: string, frozen: boolean): Promise<Result<void>>;
  /** Fine when it runs already. */
  start(container: string): Promise<Result<void>>;
  /** Waits for a container's end; its exit code. */
  wait(container: string, signal: AbortSignal): Promise<Result<number>>;
  /** What a container without a terminal wrote, at most 1 MiB of each stream. */
  logs(container: string): Promise<Result<{ readonly stdout: string; readonly stderr: string }>>;
  list(labels: Readonly<Record<string, string>>): Promise<Result<readonly ContainerSummary[]>>;
  /** Ends and removes a container and its anonymous volumes. Fine when it is already gone. */
  remove(container: string): Promise<Result<void>>;
  /** Restarts a container; its program gets 10 s to end by itself. */
  restart(container: string): Promise<Result<void>>;
  stat(container: string, path: string): Promise<Result<RemoteStat | null>>;
  /** A path of a container as the engine's tar stream. */
  download(container: string, path: string, signal: AbortSignal): Promise<Result<TarStream>>;
  /** Unpacks a tar stream below `path` of a container. */
  upload(container: string, path: string, tar: Readable): Promise<Result<void>>;
  /**
   * What every running container mounts, or the one of that name or id, whatever its state. Of their variables only the
   * names are given, the values are empty, except that of `CLAUDE_CONFIG_DIR`, which is a path.
   */
  inspectMounts(container: string | null): Promise<Result<readonly ContainerMounts[]>>;
  /** The engine's clock, in milliseconds since the epoch. */
  now(): Promise<Result<number>>;
  /** The last lines of what a container wrote, by name or id, with or without a terminal; at most 1 MiB. May hold secrets. */
  logsTail(container: string, lines: number): Promise<Result<string>>;
}

/** The settings that make up an image, and what is derived from them. */
export interface ImagePlan {
  readonly settings: ImageSettings;
  /** `claude-setup:<hash>`. */
  readonly reference: string;
  readonly request: Omit<BuildRequest, 'context'>;
  /** A fresh tar stream of the build context. */
  readonly context: () => Readable;
}
