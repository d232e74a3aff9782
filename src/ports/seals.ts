import type { Result } from '../domain/failure.ts';
import type { KeyKind } from '../domain/seal.ts';

/** What a person is asked for. */
export interface PassphraseQuestion {
  readonly authDir: string;
  /** `new`: one to seal with from now on, which is to be given twice. */
  readonly purpose: 'open' | 'new';
  /** Whether the last answer was wrong. */
  readonly again: boolean;
  /** Resolves when the answer has been tried, which takes a second or more; another question may follow at once. */
  readonly tried: Promise<unknown>;
}

/** Asks a person for a passphrase without showing it; null when none is given. */
export type AskPassphrase = (question: PassphraseQuestion) => Promise<string | null>;

export interface SealOptions {
  /** Where the key is kept; null for what there is: a passphrase file, else the system's keyring, else a passphrase. */
  readonly key: KeyKind | null;
}

export interface ChangeKeyOptions extends SealOptions {
  /** A file with the new passphrase; null to ask for it. */
  readonly newPassphraseFile: string | null;
}

/** How a directory is sealed now. */
export interface Sealed {
  readonly key: KeyKind;
  /** Plain files that could not be removed because somebody changed them meanwhile. */
  readonly leftPlain: readonly string[];
  /** Snapshots that were left as they are: what they are sealed with is not at hand. */
  readonly snapshotsLeft: number;
}

/**
 * Seals auth directories: one age file in the place of their content, which the auth store sees through once it is
 * open. Whatever writes is called under the profile's lock. See docs/decisions/sealed-profiles.md.
 */
export interface Seals {
  /** What opens a directory; null when it is not sealed, or is not there. */
  keyOf(authDir: string): Promise<KeyKind | null>;
  /** Seals a directory, which may be empty or missing, and its snapshots. One that is sealed takes in what lies plain beside. */
  seal(authDir: string, options: SealOptions): Promise<Result<Sealed>>;
  /** Puts everything back in plain, the snapshots too. */
  unseal(authDir: string): Promise<Result<void>>;
  /** Seals anew with another passphrase, or another identity in the keyring. */
  changeKey(authDir: string, options: ChangeKeyOptions): Promise<Result<Sealed>>;
  /** Makes sure that a sealed directory can be looked into from now on, asking for the passphrase if need be. Fine when it is not sealed. */
  unlock(authDir: string): Promise<Result<void>>;
  /** Who is asked from now on, until the returned function is called; null for nobody. */
  onAsk(ask: AskPassphrase | null): () => void;
}
