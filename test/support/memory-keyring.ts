import { type Keyring, KeyringMissing } from '../../src/adapters/store/seal/keyring.ts';

/** A keyring in memory. */
export interface MemoryKeyring extends Keyring {
  readonly entries: Map<string, string>;
  /** Whether it answers. */
  there: boolean;
}

export const memoryKeyring = (): MemoryKeyring => {
  const answer = <T>(work: () => T): Promise<T> =>
    keyring.there ? Promise.resolve(work()) : Promise.reject(new KeyringMissing('nobody answers'));
  const keyring: MemoryKeyring = {
    entries: new Map(),
    there: true,
    get: (account) => answer(() => keyring.entries.get(account) ?? null),
    set: (account, secret) => answer(() => void keyring.entries.set(account, secret)),
    all: () => answer(() => [...keyring.entries.values()]),
    delete: (account) => answer(() => void keyring.entries.delete(account)),
  };
  return keyring;
};
