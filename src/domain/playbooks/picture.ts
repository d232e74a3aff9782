import type { CheckReport } from '../checks/report.ts';
import type { Failure } from '../failure.ts';
import type { MountFinding } from '../mounts/mounts.ts';
import type { Profile } from '../profile.ts';

export interface EnginePicture {
  /** `Docker Engine 28.3.0 at unix:///var/run/docker.sock`; null when none answered. */
  readonly found: string | null;
  /** Each place that was looked at in vain. */
  readonly attempts: readonly { readonly endpoint: string; readonly failure: Failure }[];
}

export interface ImagePicture {
  readonly reference: string;
  /** `stale`: there is one, of other inputs. */
  readonly state: 'current' | 'stale' | 'missing';
  /** The CLI's version in it; null when there is none. */
  readonly cliVersion: string | null;
  /** Milliseconds since the epoch; null when there is none. */
  readonly createdAt: number | null;
}

export interface DiskPicture {
  /** Bytes free for us; null where the system does not say. */
  readonly freeBytes: number | null;
  readonly readOnly: boolean;
}

/** Everything that a diagnosis looks at, gathered once. Parts that could not be gathered, or do not apply, are null. */
export interface Picture {
  readonly engine: EnginePicture;
  readonly image: ImagePicture | null;
  readonly profile: Profile | null;
  readonly report: CheckReport | null;
  readonly mounts: readonly MountFinding[];
  /** The compose files that were read, absolute, in the order they are merged. */
  readonly composeFiles: readonly string[];
  /** How far this host's clock is ahead of the engine's, in milliseconds. */
  readonly clockSkewMs: number | null;
  readonly disk: DiskPicture | null;
  /** The newest snapshot with a login in it. */
  readonly snapshot: { readonly id: string; readonly takenAt: number } | null;
  /** What an earlier process left half done and the next command will finish or undo; one line. */
  readonly unfinished: string | null;
  /** A finished sign-in that was not captured. */
  readonly uncaptured: boolean;
  /** When a refresh of the login that is there now was refused, in milliseconds since the epoch; null when none was. */
  readonly refusedAt: number | null;
  /** What went wrong just now, when somebody came here from a failure. */
  readonly failure: Failure | null;
}
