import type { SealFacts } from '../seal.ts';
import type { RefusedLogin } from '../working-copy.ts';

/** What stands at a path. `unreadable`: it is there and could not be opened. */
export type EntryKind = 'missing' | 'file' | 'directory' | 'dangling-link' | 'other' | 'unreadable';

/** Facts about one file, links followed. */
export interface FileFacts {
  readonly kind: EntryKind;
  readonly isLink: boolean;
  /** Permission bits such as 0o600; 0 when missing. */
  readonly mode: number;
  /** Null where unknown or meaningless. */
  readonly uid: number | null;
  /** Bytes. */
  readonly size: number;
  /** The content, or null when it was not read (missing, no regular file, unreadable, or larger than the reader's limit). */
  readonly content: Uint8Array | null;
}

/**
 * Everything the checks look at, gathered once, so that each check is a pure function. Gathered from a directory on
 * disk, from a staging copy, or piece by piece from a running sign-in.
 */
export interface Facts {
  readonly authDir: string;
  readonly directory: Omit<FileFacts, 'content'> & {
    /** Whether we can create files in it. */
    readonly writable: boolean;
  };
  readonly credentials: FileFacts;
  readonly state: FileFacts;
  readonly settings: FileFacts;
  /** Names directly in the directory. */
  readonly entries: readonly string[];
  /** A long-lived token of `claude setup-token` kept for the profile (`oauth-token`). */
  readonly oauthToken: FileFacts;
  /** Names of environment variables that are set here and outrank a captured login; names only, never values. */
  readonly overridingVariables: readonly string[];
  /** The user we run as; null where the system has no such thing. */
  readonly uid: number | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The last login of the profile whose refresh was refused; null or absent when none was. */
  readonly refused?: RefusedLogin | null;
  /** Null or absent when the directory is not sealed. */
  readonly seal?: SealFacts | null;
  /** Only with `--live`: what the real CLI said about a lease of this login. */
  readonly live: LiveFacts | null;
}

export interface LiveFacts {
  readonly loggedIn: boolean;
  readonly authMethod: string | null;
  /** One line, redacted: why the CLI could not be asked or what it answered. */
  readonly detail: string;
  /** What to do when the CLI could not be asked, which says nothing about the login; null when it was. */
  readonly fix: string | null;
}
