import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { type Failure, fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import { leaseConfigDir, leaseRoot } from '../../domain/job.ts';
import type { LeaseFiles } from '../../domain/lease.ts';
import type { ContainerSpec, Engine } from '../../ports/engine.ts';
import type { JobProgram } from '../../ports/job.ts';
import { type JobPlace, type JobSpec, readyName } from './job-spec.ts';
import { type Owner, ownerOf } from './job-user.ts';
import { nodeUser, noImage, removeSurely } from './our-containers.ts';

export interface StartedJob {
  readonly id: string;
  readonly owner: Owner;
  readonly program: JobProgram;
}

export const notRun = 'The command was not run';

/**
 * Makes a job's container, puts the files into its config directory and starts it. `impossible` when its image or
 * engine can do nothing with a volume in memory. Nothing is left unless it runs.
 */
export const startContainer = async (
  { engine, setupImage }: JobPlace,
  { spec }: JobSpec,
  files: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Result<StartedJob> | 'impossible'> => {
  if (signal.aborted) return interrupted(notRun);
  const created = await engine.create(spec);
  if (!created.ok) {
    const foreign = created.failure.code === 'image.missing' && spec.image !== setupImage;
    return foreign ? noImage(spec.image) : created;
  }
  const begun = await begin(engine, created.value, spec, spec.image === setupImage, files, signal);
  if (begun !== 'impossible' && (begun.ok || mayRun(begun.failure, spec))) return begun;
  await removeSurely(engine, created.value);
  return begun;
};

/** When the answer to the start got lost it may run all the same; what holds a whole login is left to be found then. */
const mayRun = ({ code }: Failure, { place }: JobSpec['spec']): boolean =>
  !place.volume.inMemory && (code === 'engine.lost' || code === 'engine.timeout');

const begin = async (
  engine: Engine,
  id: string,
  spec: JobSpec['spec'],
  known: boolean,
  files: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Result<StartedJob> | 'impossible'> => {
  const { user, volume } = spec.place;
  if (volume.inMemory && !known) {
    const shell = await engine.stat(id, '/bin/sh');
    if (!shell.ok) return shell;
    if (shell.value === null) return 'impossible';
  }
  const owner =
    known && user === nodeUser.name
      ? ok({ uid: nodeUser.uid, gid: nodeUser.gid })
      : await ownerOf(engine, id, user);
  if (!owner.ok) return owner;
  const program = await attach(engine, id, spec);
  if (!program.ok) return program;
  const upload = () => engine.upload(id, leaseRoot, folderTar(files, owner.value));
  const start = () => engine.start(id);
  for (const step of volume.inMemory ? [start, upload] : [upload, start]) {
    if (signal.aborted) return interrupted(notRun);
    const done = await step();
    if (!done.ok) return volume.inMemory && isVolumeTrouble(done) ? 'impossible' : startTrouble(done, spec);
  }
  return ok({ id, owner: owner.value, program: program.value });
};

const attach = async (engine: Engine, id: string, { size }: ContainerSpec): Promise<Result<JobProgram>> => {
  if (size === null) {
    const pipes = await engine.attachPipes(id);
    return pipes.ok ? ok({ kind: 'pipes', pipes: pipes.value }) : pipes;
  }
  const session = await engine.attach(id, size);
  return session.ok ? ok({ kind: 'terminal', session: session.value }) : session;
};

/** An engine that may not mount memory itself (source: moby, `local` volume driver). */
const isVolumeTrouble = ({ failure }: { readonly failure: { readonly why: string } }): boolean =>
  /failed to mount local volume/i.test(failure.why);

/** What a shell would answer for a program that is not there, or can't be run. */
const startTrouble = (failed: Result<void>, { command }: ContainerSpec): Result<never> => {
  if (failed.ok) throw new Error('it did not fail');
  const { code, why } = failed.failure;
  if (code !== 'engine.refused') return failed;
  if (/executable file not found|no such file or directory/i.test(why))
    return fail('command.missing', notRun, `the image has no ${command[0]}`, 'name a program of the image');
  if (/permission denied/i.test(why))
    return fail('command.unusable', notRun, `${command[0]} is no program for its user`, 'name another one');
  return failed;
};

/** The volume's content; the mark that it is whole comes last. */
const folderTar = (files: ReadonlyMap<string, string>, owner: Owner): Readable => {
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
export const pushLease = async (
  engine: Engine,
  { id, owner }: StartedJob,
  lease: LeaseFiles,
): Promise<Result<void>> => {
  const name = '.credentials.json';
  const content = lease.files.get(name) ?? '';
  const next = `${name}.tmp.${randomBytes(4).toString('hex')}`;
  const uploaded = await engine.upload(id, leaseConfigDir, fileTar(next, content, owner));
  if (!uploaded.ok) return uploaded;
  const move = ['mv', '-f', `${leaseConfigDir}/${next}`, `${leaseConfigDir}/${name}`];
  const moved = await engine.exec(id, move);
  if (!moved.ok || moved.value === 0) return moved.ok ? ok(undefined) : moved;
  return engine.upload(id, leaseConfigDir, fileTar(name, content, owner));
};

const fileTar = (name: string, content: string, owner: Owner): Readable => {
  const archive = pack();
  archive.entry({ name, mode: 0o600, ...owner }, content);
  archive.finalize();
  return Readable.from(archive);
};
