import type { Result } from '../domain/failure.ts';

/** Files that a person asked us to write, outside of any auth directory. */
export interface OutputFiles {
  /**
   * Writes a new file, 0600; relative paths are below the current directory. `output.exists` when something is there: nothing
   * is ever overwritten. `withFolder` makes the folders that it is in, where they are missing.
   */
  writeNew(
    path: string,
    content: string,
    options?: { readonly withFolder: boolean },
  ): Promise<Result<{ readonly path: string }>>;
  /** Writes or replaces a file by rename, 0644, so that a reader sees a whole one. For what holds no secret. `output.unwritable`. */
  replace(path: string, content: string): Promise<Result<void>>;
}
