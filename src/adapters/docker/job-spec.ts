import { randomBytes } from 'node:crypto';
import { ok, type Result } from '../../domain/failure.ts';
import { leaseConfigDir, leaseRoot } from '../../domain/job.ts';
import type { ContainerSpec, Engine } from '../../ports/engine.ts';
import type { JobRequest } from '../../ports/job.ts';
import { isRoot } from './job-user.ts';
import { nodeUser, noImage } from './our-containers.ts';

export interface JobPlace {
  readonly engine: Engine;
  /** Reference of the setup image. */
  readonly setupImage: string;
  readonly extraHosts: readonly string[];
  readonly ownLabels: Readonly<Record<string, string>>;
  /** Whether what outlives its program may be on no disk. */
  readonly isKept?: boolean;
}

/** The container of a job, and what a person should know about it, one line each. */
export interface JobSpec {
  readonly spec: ContainerSpec & Required<Pick<ContainerSpec, 'place'>>;
  readonly notes: readonly string[];
}

/** A file beside the config directory, there once that is whole. */
export const readyName = 'ready';

/**
 * A volume in memory exists while the container runs, so the command waits for the lease in it, at most a minute.
 * Sleeps of parts of a second are not in every image; where they fail it looks without a rest.
 */
const waiting = (command: readonly string[]): readonly string[] => [
  'sh',
  '-c',
  'n=0; until [ -e "$1" ]; do n=$((n+1)); [ "$n" -lt 3000 ] || exit 125; sleep 0.02 2>/dev/null; done; shift; exec "$@"',
  'sh',
  `${leaseRoot}/${readyName}`,
  ...command,
];

/** How the container of a job is made; in memory, or on the engine's disk, where what it holds outlives its program. */
export const jobSpec = async (
  { engine, setupImage, extraHosts, isKept = false }: JobPlace,
  request: JobRequest,
  labels: Readonly<Record<string, string>>,
  inMemory: boolean,
): Promise<Result<JobSpec>> => {
  const user = await userOf(engine, request);
  if (!user.ok) return user;
  const { image, name, readOnly, mounts, network } = request.container;
  const spec = {
    name: name ?? `claude-setup-run-${request.profile}-${randomBytes(4).toString('hex')}`,
    image: image ?? setupImage,
    command: inMemory ? waiting(request.command) : request.command,
    env: lastOfEach([
      ...(image === null ? ['LANG=C.UTF-8'] : []),
      // The image's home may be somebody else's.
      ...(user.value.chosen || readOnly ? [`HOME=${leaseRoot}/home`] : []),
      `CLAUDE_CONFIG_DIR=${leaseConfigDir}`,
      'DISABLE_AUTOUPDATER=1',
      ...(request.size === null ? [] : ['TERM=xterm-256color']),
      ...request.env,
    ]),
    labels,
    tty: request.size !== null,
    size: request.size,
    extraHosts,
    ...(isKept && !inMemory ? { kept: { target: leaseRoot, image: setupImage } } : {}),
    place: {
      user: user.value.name,
      workdir: request.workdir,
      mounts,
      network,
      readOnly,
      volume: { target: leaseRoot, inMemory },
    },
  };
  return ok({ spec, notes: user.value.notes });
};

/** Of a name that is given twice the last value. */
const lastOfEach = (lines: readonly string[]): readonly string[] => [
  ...new Map(lines.map((line) => [line.split('=')[0], line])).values(),
];

interface JobUser {
  readonly name: string;
  /** Whether it is another one than the image was made for. */
  readonly chosen: boolean;
  readonly notes: readonly string[];
}

const userOf = async (engine: Engine, { container }: JobRequest): Promise<Result<JobUser>> => {
  if (container.user !== null) return ok({ name: container.user, chosen: true, notes: [] });
  if (container.image === null) return ok({ name: nodeUser.name, chosen: false, notes: [] });
  const image = await engine.image(container.image);
  if (!image.ok) return image;
  if (image.value === null) return noImage(container.image);
  const { user = '' } = image.value;
  if (!isRoot(user)) return ok({ name: user, chosen: false, notes: [] });
  const name = `${nodeUser.uid}:${nodeUser.gid}`;
  const note = `${container.image} would run as root; the command runs as ${name} (--user changes that)`;
  return ok({ name, chosen: true, notes: [note] });
};
