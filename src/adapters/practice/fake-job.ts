import { type Failure, ok } from '../../domain/failure.ts';
import type { LeaseFiles } from '../../domain/lease.ts';
import type { Job, JobRequest } from '../../ports/job.ts';
import type { FakeCopy } from './fake-copy.ts';
import { createFakePipes, type FakePipes } from './fake-pipes.ts';
import { createFakeSession, type FakeSession } from './fake-session.ts';

/** A job whose program the test plays. */
export interface FakeJob extends Job {
  readonly request: JobRequest;
  /** Every lease that it was given, the first one included; none with a whole login. */
  readonly leases: readonly LeaseFiles[];
  /** The whole login that it was given; null with a lease. */
  readonly copy: FakeCopy | null;
  readonly removed: boolean;
  /** The program when it has a terminal; throws otherwise. */
  readonly session: FakeSession;
  /** The program when it has none; throws otherwise. */
  readonly pipes: FakePipes;
  /** Its program ends. */
  end(exitCode?: number | null): void;
  /** Every push fails from now on; null heals it. */
  failPush(failure: Failure | null): void;
}

export const createFakeJob = (id: string, request: JobRequest, given: LeaseFiles | FakeCopy): FakeJob => {
  const copy = 'holder' in given ? given : null;
  const session = request.size === null ? null : createFakeSession();
  const pipes = session === null ? createFakePipes() : null;
  if (request.size !== null) session?.resize(request.size);
  const leases = 'holder' in given ? [] : [given];
  let pushFailure: Failure | null = null;
  let removed = false;
  const program: Job['program'] =
    session === null ? { kind: 'pipes', pipes: pipes as FakePipes } : { kind: 'terminal', session };
  return {
    id,
    notes: [],
    request,
    leases,
    copy,
    program,
    get removed() {
      return removed;
    },
    get session() {
      if (session === null) throw new Error('the job has no terminal');
      return session;
    },
    get pipes() {
      if (pipes === null) throw new Error('the job has a terminal');
      return pipes;
    },
    end(exitCode = 0) {
      session?.end(exitCode);
      pipes?.end(exitCode);
    },
    failPush(failure) {
      pushFailure = failure;
    },
    async push(next) {
      if (pushFailure !== null) return { ok: false, failure: pushFailure };
      leases.push(next);
      return ok(undefined);
    },
    async remove() {
      removed = true;
      session?.end(137);
      pipes?.end(137);
      return ok(undefined);
    },
  };
};
