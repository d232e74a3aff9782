import type { Result } from '../domain/failure.ts';

/** Files that a person asked us to write, outside of any auth directory. */
export interface OutputFiles {
  /** Writes a new file, 0600; relative paths are below the current directory. `output.exists` when something is there: nothing is ever overwritten. */
  writeNew(path: string, content: string): Promise<Result<{ readonly path: string }>>;
  /** Writes or replaces a file by rename, 0644, so that a reader sees a whole one. For what holds no secret. `output.unwritable`. */
  replace(path: string, content: string): Promise<Result<void>>;
}
