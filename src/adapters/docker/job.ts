import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import { leaseConfigDir, leaseRoot } from '../../domain/job.ts';
import type { LeaseFiles } from '../../domain/lease.ts';
import type { ContainerSpec, Engine } from '../../ports/engine.ts';
import type { Job, JobProgram, JobRequest } from '../../ports/job.ts';
import { hasEnded, ownIdentity, type ProcessIdentity } from '../store/process-identity.ts';
import { isRoot, type Owner, ownerOf } from './job-user.ts';
import { labels, nodeUser, removeSurely } from './our-containers.ts';

export interface JobPlace {
  readonly engine: Engine;
  /** Reference of the setup image. */
  readonly setupImage: string;
  readonly extraHosts: readonly string[];
  readonly ownLabels: Readonly<Record<string, string>>;
}

const notRun = 'The command was not run';
const readyName = 'ready';

/** A command in a container of its own, on a lease in memory. See docs/decisions/run.md. */
export const startJob = async (
  place: JobPlace,
  request: JobRequest,
  lease: LeaseFiles,
  signal: AbortSignal,
): Promise<Result<Job>> => {
  const user = await userOf(place, request);
  if (!user.ok) return user;
  const spec: ContainerSpec = {
    ...(await specOf(place, request, user.value)),
    command: waiting(request.command),
  };
  const inMemory = await startIn(place, spec, user.value.notes, lease, signal);
  if (inMemory !== 'impossible') return inMemory;
  const onDisk = { ...spec, command: request.command, place: placeOf(request, user.value.name, false) };
  const job = await startIn(place, onDisk, user.value.notes, lease, signal);
  return job === 'impossible'
    ? fail('engine.refused', notRun, 'the engine has no volumes', 'use another engine')
    : job;
};

/**
 * A volume in memory exists while the container runs, so the command waits for the lease in it, at most a minute.
 * Sleeps of parts of a second are not in every image; where they fail it looks without a rest.
 */
const waiting = (command: readonly string[]): readonly string[] => [
  'sh',
  '-c',
  'n=0; until [ -e "$0" ]; do n=$((n+1)); [ "$n" -lt 3000 ] || exit 125; sleep 0.02 2>/dev/null; done; exec "$@"',
  `${leaseRoot}/${readyName}`,
  ...command,
];

interface JobUser {
  readonly name: string;
  /** Whether the image's home may be somebody else's. */
  readonly chosen: boolean;
  readonly notes: readonly string[];
}

const userOf = async ({ engine }: JobPlace, { container }: JobRequest): Promise<Result<JobUser>> => {
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

/** Of a name that is given twice the last value. */
const lastOfEach = (lines: readonly string[]): readonly string[] => [
  ...new Map(lines.map((line) => [line.split('=')[0], line])).values(),
];

const placeOf = ({ workdir, container }: JobRequest, user: string, inMemory: boolean) => ({
  user,
  workdir,
  mounts: container.mounts,
  network: container.network,
  readOnly: container.readOnly,
  volume: { target: leaseRoot, inMemory },
});

const specOf = async (
  { setupImage, extraHosts, ownLabels }: JobPlace,
  request: JobRequest,
  user: JobUser,
): Promise<Omit<ContainerSpec, 'command'>> => {
  const { image, name, readOnly } = request.container;
  return {
    name: name ?? `claude-setup-run-${request.profile}-${randomBytes(4).toString('hex')}`,
    image: image ?? setupImage,
    env: lastOfEach([
      ...(image === null ? ['LANG=C.UTF-8'] : []),
      ...(user.chosen || readOnly ? [`HOME=${leaseRoot}/home`] : []),
      `CLAUDE_CONFIG_DIR=${leaseConfigDir}`,
      'DISABLE_AUTOUPDATER=1',
      ...(request.size === null ? [] : ['TERM=xterm-256color', 'COLORTERM=truecolor']),
      ...request.env,
    ]),
    labels: {
      ...ownLabels,
      [labels.role]: 'job',
      [labels.profile]: request.profile,
      [labels.owner]: JSON.stringify(await ownIdentity()),
    },
    tty: request.size !== null,
    size: request.size,
    extraHosts,
    place: placeOf(request, user.name, true),
  };
};

const startIn = async (
  { engine, setupImage }: JobPlace,
  spec: ContainerSpec,
  notes: readonly string[],
  lease: LeaseFiles,
  signal: AbortSignal,
): Promise<Result<Job> | 'impossible'> => {
  if (signal.aborted) return interrupted(notRun);
  const created = await engine.create(spec);
  if (!created.ok) {
    return created.failure.code === 'image.missing' && spec.image !== setupImage
      ? noImage(spec.image)
      : created;
  }
  const id = created.value;
  const started = await beginIn(engine, id, spec, lease, signal);
  if (started !== 'impossible' && started.ok)
    return ok({
      id,
      notes,
      program: started.value.program,
      push: (next) => push(engine, id, next, started.value.owner),
      remove: () => removeSurely(engine, id),
    });
  await removeSurely(engine, id);
  return started;
};

interface Begun {
  readonly program: JobProgram;
  readonly owner: Owner;
}

const beginIn = async (
  engine: Engine,
  id: string,
  spec: ContainerSpec,
  lease: LeaseFiles,
  signal: AbortSignal,
): Promise<Result<Begun> | 'impossible'> => {
  const inMemory = spec.place?.volume.inMemory === true;
  if (inMemory) {
    const shell = await engine.stat(id, '/bin/sh');
    if (!shell.ok) return shell;
    if (shell.value === null) return 'impossible';
  }
  const owner = await ownerOf(engine, id, spec.place?.user ?? nodeUser.name);
  if (!owner.ok) return owner;
  const upload = () => engine.upload(id, leaseRoot, leaseTar(lease.files, owner.value));
  const program = await attach(engine, id, spec);
  if (!program.ok) return program;
  const steps = [() => engine.start(id), upload];
  for (const step of inMemory ? steps : steps.toReversed()) {
    if (signal.aborted) return interrupted(notRun);
    const done = await step();
    if (!done.ok) return inMemory && isVolumeTrouble(done) ? 'impossible' : commandTrouble(done, spec);
  }
  return ok({ program: program.value, owner: owner.value });
};

/** An engine that may not mount memory itself (source: moby, `local` volume driver). */
const isVolumeTrouble = ({ failure }: { readonly failure: { readonly why: string } }): boolean =>
  /failed to mount local volume|operation not permitted/i.test(failure.why);

/** What a shell would answer for a program that is not there, or can't be run. */
const commandTrouble = (failed: Result<never>, { command }: ContainerSpec): Result<never> => {
  if (failed.ok || failed.failure.code !== 'engine.refused') return failed;
  const { why } = failed.failure;
  if (/executable file not found|no such file or directory/i.test(why))
    return fail('command.missing', notRun, `the image has no ${command[0]}`, 'name a program of the image');
  if (/permission denied/i.test(why))
    return fail('command.unusable', notRun, `${command[0]} is no program for its user`, 'name another one');
  return failed;
};

const attach = async (engine: Engine, id: string, { size }: ContainerSpec): Promise<Result<JobProgram>> => {
  if (size === null) {
    const pipes = await engine.attachPipes(id);
    return pipes.ok ? ok({ kind: 'pipes', pipes: pipes.value }) : pipes;
  }
  const session = await engine.attach(id, size);
  return session.ok ? ok({ kind: 'terminal', session: session.value }) : session;
};

/** The lease's folder; the mark that it is whole comes last. */
const leaseTar = (files: ReadonlyMap<string, string>, owner: Owner): Readable => {
  const archive = pack();
  for (const name of ['home/', 'config/']) archive.entry({ name, type: 'directory', mode: 0o700, ...owner });
  for (const [path, content] of files)
    archive.entry({ name: `config/${path}`, mode: 0o600, ...owner }, content);
  archive.entry({ name: readyName, mode: 0o444 }, '');
  archive.finalize();
  return Readable.from(archive);
};

/**
 * The engine unpacks by removing and writing anew, so a reader could find nothing, or half. So the file goes in under
 * another name, and the container's own `mv` renames it. An image that has none gets it in the engine's way.
 */
const push = async (engine: Engine, id: string, lease: LeaseFiles, owner: Owner): Promise<Result<void>> => {
  const content = lease.files.get('.credentials.json') ?? '';
  const next = `.credentials.json.tmp.${randomBytes(4).toString('hex')}`;
  const uploaded = await engine.upload(id, leaseConfigDir, oneFile(next, content, owner));
  if (!uploaded.ok) return uploaded;
  const moved = await engine.exec(id, [
    'mv',
    '-f',
    `${leaseConfigDir}/${next}`,
    `${leaseConfigDir}/.credentials.json`,
  ]);
  if (!moved.ok) return moved;
  if (moved.value === 0) return ok(undefined);
  return engine.upload(id, leaseConfigDir, oneFile('.credentials.json', content, owner));
};

const oneFile = (name: string, content: string, owner: Owner): Readable => {
  const archive = pack();
  archive.entry({ name, mode: 0o600, ...owner }, content);
  archive.finalize();
  return Readable.from(archive);
};

/** Removes jobs whose process of ours has ended; what their output would go to is gone. */
export const removeLeftJobs = async ({ engine, ownLabels }: JobPlace): Promise<Result<number>> => {
  const found = await engine.list({ ...ownLabels, [labels.role]: 'job' });
  if (!found.ok) return found;
  let removed = 0;
  for (const { id, labels: given } of found.value) {
    const owner = identityIn(given[labels.owner]);
    if (owner === null || !(await hasEnded(owner))) continue;
    const gone = await removeSurely(engine, id);
    if (!gone.ok) return gone;
    removed += 1;
  }
  return ok(removed);
};

const identityIn = (label: string | undefined): ProcessIdentity | null => {
  try {
    const { pid, started, place } = JSON.parse(label ?? '');
    return typeof pid === 'number' && typeof place === 'string' ? { pid, started, place } : null;
  } catch {
    return null;
  }
};

const noImage = (image: string): Result<never> =>
  fail(
    'image.missing',
    `There is no image ${image}`,
    'the engine does not have it',
    `get it: docker pull ${image}`,
  );
