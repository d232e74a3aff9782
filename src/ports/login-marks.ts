import type { Result } from '../domain/failure.ts';
import type { RefusedLogin } from '../domain/working-copy.ts';

/** What is remembered about a profile's login beside its files. */
export interface LoginMarks {
  /** Null when nothing is remembered, or it can't be read. */
  refused(profile: string): Promise<RefusedLogin | null>;
  markRefused(profile: string, refused: RefusedLogin): Promise<Result<void>>;
  /** Fine when nothing is remembered. */
  forget(profile: string): Promise<Result<void>>;
}
