import type { Result } from '../domain/failure.ts';

export interface Lock {
  release(): Promise<void>;
}

/** One lock per profile across processes. A lock whose holder is dead is taken over. */
export interface Locks {
  /**
   * `locked` (exit 4), naming the holder's pid, command and age, when another process holds it and `waitMs` has passed.
   */
  acquire(
    profile: string,
    options: { readonly command: string; readonly waitMs: number; readonly signal: AbortSignal },
  ): Promise<Result<Lock>>;
}
