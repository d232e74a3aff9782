import { type Failure, ok } from '../../domain/failure.ts';
import type { Owner } from '../../domain/publication.ts';
import type { PublishedDirectories } from '../../ports/published.ts';

/** Published directories in memory. */
export interface FakePublished extends PublishedDirectories {
  /** The files of a directory, made when it was not there. */
  directory(path: string): Map<string, string>;
  /** The owner that was last asked for. */
  readonly owners: ReadonlyMap<string, Owner | null>;
  /** How often something was written. */
  readonly writes: number;
  /** Writing fails from now on; null heals it. */
  failWrite(failure: Failure | null): void;
}

export const createFakePublished = (): FakePublished => {
  const directories = new Map<string, Map<string, string>>();
  const owners = new Map<string, Owner | null>();
  let writes = 0;
  let failure: Failure | null = null;
  const directory = (path: string): Map<string, string> => {
    const files = directories.get(path) ?? new Map<string, string>();
    directories.set(path, files);
    return files;
  };
  return {
    directory,
    owners,
    get writes() {
      return writes;
    },
    failWrite(next) {
      failure = next;
    },
    realPath: async (path) => path,
    async look(path) {
      const files = directories.get(path);
      return ok({
        directory: path,
        owner: files === undefined ? null : { uid: 1000, gid: 1000 },
        credentials: files?.get('.credentials.json') ?? null,
        stateFile: files?.get('.claude.json') ?? null,
      });
    },
    async write(path, files, owner) {
      if (failure !== null) return { ok: false, failure };
      writes += 1;
      owners.set(path, owner);
      for (const [name, content] of files) directory(path).set(name, content);
      return ok(undefined);
    },
    async remove(path, names) {
      for (const name of names) directories.get(path)?.delete(name);
      return ok(undefined);
    },
  };
};
