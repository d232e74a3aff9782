import { lstat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ok } from '../../domain/failure.ts';
import { sealedName } from '../../domain/seal.ts';
import type { AuthStore } from '../../ports/auth-store.ts';
import type { Seals } from '../../ports/seals.ts';
import { lazily } from '../lazily.ts';
import { gatherFacts } from './facts.ts';
import { errorCode } from './file-system.ts';
import { pendingWork } from './pending.ts';
import { createAskers } from './seal/askers.ts';
import type { SealKeysOptions } from './seal/keys.ts';
import { type AuthStoreOptions, createStoreContext } from './store-context.ts';

/**
 * The auth store and its seals, as a check of a directory that is not sealed needs them. Everything else is done by the
 * whole store, which is imported for it.
 */
export const createPlainFirstStore = (
  options: Omit<AuthStoreOptions, 'files'> & SealKeysOptions,
): { readonly store: AuthStore; readonly seals: Seals } => {
  const context = createStoreContext(options);
  const askers = createAskers();
  let loaded: Promise<{ readonly store: AuthStore; readonly seals: Seals }> | null = null;
  const whole = () => {
    loaded ??= import('./seal/sealed-store.ts').then(({ createSealedStore }) =>
      createSealedStore({ ...options, askers, underWay: context.underWay }),
    );
    return loaded;
  };
  return {
    store: lazily<AuthStore>(
      {
        gather: async (authDir) =>
          (await isPlain(authDir))
            ? gatherFacts(context.files, authDir)
            : (await whole()).store.gather(authDir),
        pending: (authDir) => pendingWork(context, resolve(authDir)).catch(() => null),
      },
      async () => (await whole()).store,
    ),
    seals: lazily<Seals>(
      {
        onAsk: askers.add,
        unlock: async (authDir) =>
          (await isPlain(authDir)) ? ok(undefined) : (await whole()).seals.unlock(authDir),
      },
      async () => (await whole()).seals,
    ),
  };
};

/** Whether there is certainly no age file in a directory. */
const isPlain = (authDir: string): Promise<boolean> =>
  lstat(join(authDir, sealedName)).then(
    () => false,
    (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? ''),
  );
