import type { Result } from '../domain/failure.ts';
import type { Told } from '../domain/watch/told.ts';

/** What hooks were last told, across processes: two that watch the same profile tell a change once. */
export interface HookMemory {
  /** Null when that hook was told nothing about the profile, or it can't be read. */
  recall(profile: string, command: string): Promise<Told | null>;
  keep(profile: string, command: string, told: Told): Promise<Result<void>>;
}
