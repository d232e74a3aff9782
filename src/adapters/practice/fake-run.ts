import { type Failure, fail, ok, type Result } from '../../domain/failure.ts';
import type { SignInRun } from '../../ports/runtime.ts';
import { createFakeFiles, type FakeFiles } from './fake-files.ts';
import type { FakeSession } from './fake-session.ts';

/** A sign-in whose files and session the test plays. `files` is the config directory, paths relative to it. */
export interface FakeRun extends SignInRun {
  readonly session: FakeSession | null;
  readonly files: FakeFiles;
  readonly removed: boolean;
  /** Every answer about the files fails from now on; null heals it. */
  breakFiles(failure: Failure | null): void;
}

export const createFakeRun = (
  id: string,
  {
    profile,
    method,
    startedAt,
    session,
  }: Pick<SignInRun, 'profile' | 'method' | 'startedAt'> & { session: FakeSession | null },
): FakeRun => {
  const files = createFakeFiles();
  let broken: Failure | null = null;
  let removed = false;
  const answer = <T>(value: () => T): Result<T> => {
    if (broken !== null) return { ok: false, failure: broken };
    if (!removed) return ok(value());
    return fail('container.missing', 'The sign-in is gone', 'it was removed', 'sign in again');
  };

  return {
    id,
    profile,
    method,
    startedAt,
    session,
    files,
    get removed() {
      return removed;
    },
    breakFiles(failure) {
      broken = failure;
    },
    stat: async (path) => answer(() => files.stat(path)),
    read: async (path, limit) => answer(() => files.read(path, limit)),
    download: async () => answer(() => files.tar('.', '.')),
    async remove() {
      removed = true;
      session?.end(137);
      return ok(undefined);
    },
  };
};
