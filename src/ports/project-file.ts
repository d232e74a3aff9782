import type { Result } from '../domain/failure.ts';

/** A `.claude-setup` file, which chooses the profile for a project. */
export interface ProjectFileContent {
  readonly path: string;
  readonly text: string;
}

/** The file that chooses the profile for the directory that we are in. */
export interface ProjectFile {
  /**
   * The nearest one, from the current directory upward to the home directory or the root; null when there is none.
   * `profile.project-file` when it can't be read.
   */
  find(): Promise<Result<ProjectFileContent | null>>;
  /** Writes that of the current directory, given what is in it now (null when there is none), and says where. */
  write(change: (before: string | null) => string): Promise<Result<{ readonly path: string }>>;
}
