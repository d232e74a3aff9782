/** A structured log for bug reports, redacted. Off unless asked for. */
export interface DebugLog {
  readonly file: string;
  event(name: string, fields: Readonly<Record<string, unknown>>): void;
}

/** What earlier runs logged. */
export interface LogReader {
  readonly file: string;
  /** The last lines; none when nothing was ever logged. */
  tail(lines: number): Promise<readonly string[]>;
}
