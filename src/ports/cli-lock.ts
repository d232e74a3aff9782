/** The lock that the CLI itself takes in its config directory while it refreshes. */
export interface CliLock {
  /** Whether a CLI is refreshing in this auth directory right now. A lock that nobody keeps alive does not count. */
  isHeld(authDir: string): Promise<boolean>;
}
