// What a process with a session bus of its own does with the system's keyring; prints what it saw.
import { KeyringMissing, systemKeyring } from '../../../../src/adapters/store/seal/keyring.ts';

const keyring = systemKeyring();
const seen = async (work: Promise<unknown>): Promise<unknown> =>
  work.catch((error: unknown) => (error instanceof KeyringMissing ? 'missing' : String(error)));

console.log(
  JSON.stringify([
    await seen(keyring.get('/srv/none')),
    await seen(keyring.set('/srv/a', 'AGE-SECRET-KEY-1TEST\nAGE-SECRET-KEY-1OLD')),
    await seen(keyring.get('/srv/a')),
    await seen(keyring.all()),
    await seen(keyring.delete('/srv/a')),
    await seen(keyring.get('/srv/a')),
  ]),
);
