import type { Readable } from 'node:stream';
import type { Result } from '../domain/failure.ts';

/** Directories as they become a profile's, or stop being one. What is in them meanwhile is the auth store's business. */
export interface AuthDirectories {
  /** The path with its links resolved, as far as it is there: where two profiles have the same one, they share it. */
  realPath(directory: string): Promise<string>;
  /**
   * The state file that the CLI keeps beside a default config directory (`.claude.json` beside `.claude`); null when the
   * directory is no such one, or there is none (source: claude-cli-observed, "Files").
   */
  siblingState(directory: string): Promise<Result<string | null>>;
  /** A config directory as a tar stream for `AuthStore.stage`; `instead` are files that take the place of those in it. */
  pack(directory: string, instead: ReadonlyMap<string, string>, signal: AbortSignal): Promise<Readable>;
  /**
   * Removes an auth directory with its snapshots, links themselves and never what they lead to. `directory.unsafe`, before
   * anything is removed, when one of `keep` is it or lies in it, or something else is mounted in it.
   */
  purge(directory: string, keep: readonly string[]): Promise<Result<void>>;
}
