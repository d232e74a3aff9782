import { fail, ok, type Result } from '../../domain/failure.ts';
import type { LeaseFiles } from '../../domain/lease.ts';
import type { WorkingCopyFiles } from '../../domain/working-copy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FullJob, Job, JobRequest } from '../../ports/job.ts';
import { hasEnded, ownIdentity, type ProcessIdentity } from '../store/process-identity.ts';
import { createFullCopy } from './full-copy.ts';
import { type JobPlace, jobSpec } from './job-spec.ts';
import { notRun, pushLease, startContainer } from './job-start.ts';
import { labels, removeSurely } from './our-containers.ts';

/** A command in a container of its own, on a lease in memory. See docs/decisions/run.md. */
export const startJob = async (
  place: JobPlace,
  request: JobRequest,
  lease: LeaseFiles,
  signal: AbortSignal,
): Promise<Result<Job>> => {
  const given = {
    ...place.ownLabels,
    [labels.role]: 'job',
    [labels.profile]: request.profile,
    ...(await owned()),
  };
  for (const inMemory of [true, false]) {
    const made = await jobSpec(place, request, given, inMemory);
    if (!made.ok) return made;
    const started = await startContainer(place, made.value, lease.files, signal);
    if (started === 'impossible') continue;
    if (!started.ok) return started;
    const job = started.value;
    return ok({
      id: job.id,
      notes: made.value.notes,
      program: job.program,
      push: (next) => pushLease(place.engine, job, next),
      remove: () => removeSurely(place.engine, job.id),
    });
  }
  return noVolumes;
};

/**
 * A command on a whole login, which lies on the engine's disk, or for a sealed profile in memory that is kept, so that it
 * is there when the container has ended for whatever reason. The container is found again by its labels.
 */
export const startFullJob = async (
  place: JobPlace,
  clock: Clock,
  request: JobRequest,
  copy: WorkingCopyFiles,
  signal: AbortSignal,
): Promise<Result<FullJob>> => {
  const given = {
    ...place.ownLabels,
    [labels.role]: 'full',
    [labels.profile]: request.profile,
    [labels.base]: copy.base,
  };
  const made = await jobSpec(place, request, given, false);
  if (!made.ok) return made;
  const started = await startContainer(place, made.value, copy.files, signal);
  if (started === 'impossible') return noVolumes;
  if (!started.ok) return started;
  const { id, program } = started.value;
  const facts = { id, base: copy.base, startedAt: clock.now() };
  return ok({
    id,
    notes: made.value.notes,
    program,
    copy: createFullCopy({ engine: place.engine, clock }, facts),
  });
};

const noVolumes = fail('engine.refused', notRun, 'the engine has no volumes', 'use another engine');

/** Labels of what belongs to this process. */
export const owned = async (): Promise<Readonly<Record<string, string>>> => ({
  [labels.owner]: JSON.stringify(await ownIdentity()),
});

/**
 * Removes what is owned by a process of ours that has ended: nobody waits for it any more. Also what keeps the memory of a
 * container that somebody else has removed.
 */
export const removeLeftJobs = async ({ engine, ownLabels }: JobPlace): Promise<Result<number>> => {
  const found = await engine.list(ownLabels);
  if (!found.ok) return found;
  let removed = 0;
  for (const { id, labels: given } of found.value) {
    const kept = given[labels.keeps];
    const owner = kept === undefined ? identityIn(given[labels.owner]) : null;
    const isLeft =
      kept === undefined
        ? owner !== null && (await hasEnded(owner))
        : found.value.every((other) => other.id !== kept);
    if (!isLeft) continue;
    const gone = await removeSurely(engine, id);
    if (!gone.ok) return gone;
    if (kept === undefined) removed += 1;
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
