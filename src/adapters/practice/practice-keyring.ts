import type { Keyring } from '../store/seal/keyring.ts';

/** A keyring that forgets everything at the end. */
export const createPracticeKeyring = (): Keyring => {
  const secrets = new Map<string, string>();
  return {
    get: async (account) => secrets.get(account) ?? null,
    async set(account, secret) {
      secrets.set(account, secret);
    },
    all: async () => [...secrets.values()],
    async delete(account) {
      secrets.delete(account);
    },
  };
};
