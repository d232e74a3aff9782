import type { Result } from '../domain/failure.ts';

/** The machine and the person at it. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
  readonly platform: NodeJS.Platform;
  /** The user who runs us; null where the system has no such thing. */
  readonly uid: number | null;
  /** The words of the command that runs this program, its paths absolute. */
  readonly program: readonly string[];
  /** Opens a URL in the host's browser. */
  openBrowser(url: string): Promise<Result<void>>;
  /** Puts text on the clipboard with the host's own tool (the terminal's OSC 52 is the screen's business). */
  copy(text: string): Promise<Result<void>>;
}
