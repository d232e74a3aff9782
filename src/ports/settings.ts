import type { Config } from '../domain/config.ts';
import type { Result } from '../domain/failure.ts';

/** The configuration on disk. */
export interface Settings {
  /** The directory that holds the configuration, caches and logs: `CLAUDE_SETUP_HOME`, else the platform's place. */
  readonly home: string;
  /**
   * Reads the configuration; the empty one when there is no file. A broken file is copied beside and left as it is:
   * `settings.broken`. One written by a newer release is not touched: `settings.newer`.
   */
  load(): Promise<Result<Config>>;
  /** Applies `change` to what is on disk now, under a lock across processes, and returns what was written. */
  update(change: (config: Config) => Result<Config>): Promise<Result<Config>>;
}
