import type { Result } from '../domain/failure.ts';
import type { Owner } from '../domain/publication.ts';

/** A directory that containers mount, as it is now. */
export interface PublishedDirectory {
  /** The path with its links resolved. */
  readonly directory: string;
  /** Null when it is not there yet. */
  readonly owner: Owner | null;
  /** The text of `.credentials.json`; null when there is no regular file. Never read through a link: its content is the containers'. */
  readonly credentials: string | null;
  /** The text of `.claude.json`, likewise. */
  readonly stateFile: string | null;
}

/** Directories on this host that containers mount. What lies in them others may have put there. */
export interface PublishedDirectories {
  /** `directory.unsafe` for one that others may write into, a link, or no directory. */
  look(directory: string): Promise<Result<PublishedDirectory>>;
  /**
   * Writes files by rename, 0600, `.credentials.json` last, into the directory, which is made or closed to 0700 and keeps its
   * inode. Everything belongs to `owner`, else to whoever owns the directory: `publish.owner` when we may not do that.
   */
  write(directory: string, files: ReadonlyMap<string, string>, owner: Owner | null): Promise<Result<void>>;
  /** A path with its links resolved, as far as it is there. */
  realPath(path: string): Promise<string>;
  /** Removes files. Fine when they are not there. */
  remove(directory: string, names: readonly string[]): Promise<Result<void>>;
}
