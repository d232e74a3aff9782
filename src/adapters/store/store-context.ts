import { type FileSystem, realFileSystem } from './file-system.ts';
import { ownIdentity, type ProcessIdentity } from './process-identity.ts';

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

export interface AuthStoreOptions {
  /** The user we run as; null where the system has no such thing. */
  readonly uid: number | null;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly files?: FileSystem;
  /** Shared by stores that work in the same directories. */
  readonly underWay?: Set<string>;
}

export const createStoreContext = ({
  uid,
  now = Date.now,
  files = realFileSystem,
  underWay = new Set(),
}: AuthStoreOptions): StoreContext => {
  let identity: Promise<ProcessIdentity> | null = null;
  return {
    files,
    uid,
    now,
    identity: () => {
      identity ??= ownIdentity();
      return identity;
    },
    underWay,
  };
};
