import type { Result } from '../domain/failure.ts';

/** Commands of the person's that are run when something happens. */
export interface Hooks {
  /**
   * Runs a command line with `sh -c`, `variables` added to an environment without any token of the provider's. It and what it
   * started are ended after `timeoutMs`. `hook.failed` with its exit status or the last line of its errors.
   */
  run(
    command: string,
    variables: Readonly<Record<string, string>>,
    options: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<Result<void>>;
}
