/** The keyring of the system: the Secret Service on Linux, the Keychain on macOS, the Credential Manager on Windows. */
export interface Keyring {
  /** The secret of an account; null when it has none. Throws `KeyringMissing` when there is no keyring that answers. */
  get(account: string): Promise<string | null>;
  set(account: string, secret: string): Promise<void>;
  delete(account: string): Promise<void>;
  /** The secrets of every account of ours. */
  all(): Promise<readonly string[]>;
}

/** There is no keyring, or it does not answer. */
export class KeyringMissing extends Error {}

const service = 'claude-setup';

/**
 * The real one. Its native part is loaded when it is first asked and may be missing. On Linux only the Secret Service is
 * taken: the kernel's keyring, which the package would fall back to, forgets everything when the machine restarts.
 */
export const systemKeyring = (): Keyring => {
  const entry = async (account: string) => {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    return new AsyncEntry(service, account, { linux: { store: 'secret-service' } });
  };
  const ask = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new KeyringMissing(error instanceof Error ? error.message : String(error));
    }
  };
  return {
    get: (account) => ask(async () => (await entry(account)).getPassword()),
    set: (account, secret) => ask(async () => (await entry(account)).setPassword(secret)),
    all: () =>
      ask(async () => {
        const { findCredentialsAsync } = await import('@napi-rs/keyring');
        return (await findCredentialsAsync(service)).map(({ password }) => password);
      }),
    delete: (account) => ask(async () => void (await (await entry(account)).deletePassword())),
  };
};
