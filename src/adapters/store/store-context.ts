import type { FileSystem } from './file-system.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** What every part of the auth store works with. */
export interface StoreContext {
  readonly files: FileSystem;
  /** The user we run as; null where the system has no such thing. */
  readonly uid: number | null;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly identity: () => Promise<ProcessIdentity>;
  /** Ids of the work that this store has under way, which a recovery leaves alone. */
  readonly underWay: Set<string>;
}
