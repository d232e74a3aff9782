import type { Result } from '../domain/failure.ts';
import type { ContainerMounts, SourceKind } from '../domain/mounts/mounts.ts';

/** A compose project as its files describe it. */
export interface ComposeProject {
  /** Absolute paths of the files that were read, in the order they were merged. */
  readonly files: readonly string[];
  readonly services: readonly ContainerMounts[];
}

/** Compose files on this host. Read only; nothing is started. */
export interface ComposeFiles {
  /**
   * Reads `files`, or when there are none those of COMPOSE_FILE, else the default ones in `cwd` or the nearest folder
   * above it. Null when there is no compose file. `compose.unreadable` when one can't be read or is not YAML.
   */
  read(cwd: string, files: readonly string[]): Promise<Result<ComposeProject | null>>;
  /** What stands at a mount's source, links followed. */
  sourceKind(path: string): Promise<SourceKind>;
}
