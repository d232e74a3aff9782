import type { Facts } from '../domain/checks/facts.ts';
import type { StoredLogin } from '../domain/credentials.ts';
import type { Result } from '../domain/failure.ts';
import type { TarStream } from './tar-stream.ts';

/** Facts as the store can see them; clock, environment and the live answer are added by the use case. */
export type StoredFacts = Omit<Facts, 'now' | 'overridingVariables' | 'uid' | 'live'>;

/** A captured state unpacked beside its target, not yet committed. */
export interface Staging {
  readonly id: string;
  /** The auth directory it is meant for. */
  readonly authDir: string;
  /** Where it lies now, shaped like an auth directory. */
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
}

export interface Snapshot {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
}

/** What a directory is, before anything is written into it. */
export type DirectoryUse =
  | { readonly kind: 'missing' | 'empty' | 'captured' }
  /** It holds other things; some of their names. */
  | { readonly kind: 'occupied'; readonly names: readonly string[] }
  | { readonly kind: 'not-a-directory' };

/** What an earlier process left half done on an auth directory, and what became of it. */
export interface Recovery {
  readonly outcome: 'finished' | 'undone';
  /** One line for the person. */
  readonly summary: string;
}

/** The file system that a directory is on, or would be made on. */
export interface DiskSpace {
  /** Bytes free for us; null where the system does not say. */
  readonly freeBytes: number | null;
  readonly readOnly: boolean;
}

export interface StageProgress {
  readonly files: number;
  readonly bytes: number;
}

/** Auth directories on disk: 0700 and 0600 whatever the umask; the login is wholly the old or wholly the new one at any moment. */
export interface AuthStore {
  /** Never blocks on a FIFO or device, reads at most 1 MiB of each file, follows links. */
  gather(authDir: string): Promise<StoredFacts>;
  inspect(authDir: string): Promise<Result<DirectoryUse>>;
  /** Unpacks a config directory's tar stream beside the auth directory, safely and bounded. */
  stage(
    authDir: string,
    tar: TarStream,
    options: {
      /** Globs relative to the config directory. */
      readonly leaveOut: readonly string[];
      readonly signal: AbortSignal;
      readonly onProgress?: (progress: StageProgress) => void;
    },
  ): Promise<Result<Staging>>;
  /** Takes a snapshot of the old state, then moves the staged files in, `.credentials.json` last, each by rename. */
  commit(staging: Staging): Promise<Result<{ readonly snapshot: Snapshot | null }>>;
  discard(staging: Staging): Promise<void>;
  /** Finishes or undoes what a killed process left. Null when nothing was left. */
  recover(authDir: string): Promise<Result<Recovery | null>>;
  /** Newest first. */
  snapshots(authDir: string): Promise<Result<readonly Snapshot[]>>;
  rollback(authDir: string, snapshot: Snapshot): Promise<Result<void>>;
  /** The login and the state file, as they are now. */
  readLogin(
    authDir: string,
  ): Promise<Result<{ readonly login: StoredLogin; readonly stateFile: string | null }>>;
  /** Replaces single files by rename, 0600; paths relative to the auth directory. For the first-run answers and `oauth-token`. */
  write(authDir: string, files: ReadonlyMap<string, string>): Promise<Result<void>>;
  /** Null when it could not be learnt. */
  disk(authDir: string): Promise<DiskSpace | null>;
  /** Takes the rights of group and others away from the directory and everything in it, and gives the owner theirs back. Links are left alone. */
  tighten(authDir: string): Promise<Result<void>>;
  /** What an earlier process left half done, in one line; null when nothing, also while another process is at work. Looks only. */
  pending(authDir: string): Promise<string | null>;
}
