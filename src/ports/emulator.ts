import type { TerminalSize } from './session.ts';

/** A colour: one of the 16 named ones or of the 256 (by number), or 24 bits (`#rrggbb`). */
export type CellColor = number | `#${string}`;

/** How a run of cells looks. Absent means the terminal's default. */
export interface CellStyle {
  readonly foreground?: CellColor;
  readonly background?: CellColor;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly inverse?: true;
  readonly strikethrough?: true;
}

/** Neighbouring cells of one style. A wide character counts two columns, in one run with its text once. */
export interface CellRun {
  readonly text: string;
  readonly style: CellStyle;
}

export interface ScreenRow {
  readonly runs: readonly CellRun[];
}

export interface ScreenCursor {
  readonly column: number;
  readonly row: number;
  readonly visible: boolean;
}

/**
 * A terminal emulator that a session's output is drawn on. What the session writes reaches the person's terminal
 * only through it, so no escape sequence of the session's gets out.
 */
export interface Screen {
  /** Feeds output. Resolves when it has been taken in. */
  write(chunk: Uint8Array): Promise<void>;
  resize(size: TerminalSize): void;
  /** The visible rows, exactly `rows` of them; long-lived tokens in them are masked. */
  rows(): readonly ScreenRow[];
  readonly cursor: ScreenCursor;
  readonly title: string;
  /** Whether the program asked for bracketed paste (`?2004`). */
  readonly bracketedPaste: boolean;
  /** The newest sign-in URL, whole: from an OSC 8 target, else rejoined from wrapped lines. */
  readonly signInUrl: string | null;
  /** Where a link leads that wants to be taken for the provider's sign-in and is not; it stays known. Fit to be shown. */
  readonly falseSignInPlace: string | null;
  /** The long-lived token that `claude setup-token` printed, whole. Secret: never draw or log it. */
  readonly longLivedToken: string | null;
  /** Called after the picture or any of the above changed. */
  onChange(listener: () => void): () => void;
  /** Called with the bytes that answer a query of the session's; they are to be written to the session. */
  onReply(listener: (bytes: Uint8Array) => void): () => void;
  /** Called with text that the session wants on the clipboard (OSC 52). Nothing is copied unless a person says so. */
  onClipboard(listener: (text: string) => void): () => void;
  dispose(): void;
}

export interface Emulator {
  /** `signInHosts` are those whose sign-in links are taken; the provider's when left out. */
  open(size: TerminalSize, signInHosts?: readonly string[]): Promise<Screen>;
}
