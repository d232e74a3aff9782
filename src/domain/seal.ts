export const keyKinds = ['keyring', 'passphrase'] as const;
/** What opens a sealed profile: an identity in the system's keyring, or a passphrase. */
export type KeyKind = (typeof keyKinds)[number];

/** The age file that is all a sealed auth directory holds. A directory is sealed when it is there. */
export const sealedName = 'login.age';

/** How the summary of a finding begins that is about a sealed directory which could not be opened. */
export const sealedAndLocked = 'The login is sealed and locked';

/** How a sealed directory was found. */
export interface SealFacts {
  readonly key: KeyKind;
  /** Why it could not be opened, and what to do; null when it could. */
  readonly trouble: { readonly why: string; readonly fix: string } | null;
  /** Names of a login's files that lie in plain beside the sealed ones. */
  readonly plainBeside: readonly string[];
}
