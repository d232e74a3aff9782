/** Size of a terminal in cells. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** How a session's program ended. `exitCode` is null only when it could not be learnt; 128 + n after signal n. */
export interface SessionEnd {
  readonly exitCode: number | null;
}

/**
 * A program on a pseudo-terminal, in a container or on this host. Output is bytes, never decoded on the way.
 * Output that arrives before the first listener is kept (up to 1 MiB, the newest) and handed to it first.
 */
export interface Session {
  onOutput(listener: (chunk: Uint8Array) => void): () => void;
  /** Sends input byte for byte; strings as UTF-8. Ignored once ended. */
  write(input: Uint8Array | string): void;
  resize(size: TerminalSize): void;
  /** Stops and restarts the flow of output, for listeners that can't keep up. */
  pause(): void;
  resume(): void;
  kill(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGKILL'): Promise<void>;
  /** Resolves when the program has ended and its last byte of output was delivered. Never rejects. */
  readonly ended: Promise<SessionEnd>;
}
