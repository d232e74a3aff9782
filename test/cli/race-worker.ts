// A process of the race: race-worker.ts NUMBER ROUNDS. It does what people do, as chance will have it, to profiles of its own
// and to logins that all the processes share, and prints what came of it as JSON: the names that are its own at the end, and
// how often it has replaced each shared login by the next one.
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createPorts } from '../../src/compose.ts';
import { type FailureCode, ok, type Result } from '../../src/domain/failure.ts';
import type { Profile } from '../../src/domain/profile.ts';
import type { Ports } from '../../src/ports/ports.ts';
import type { SignInRun } from '../../src/ports/runtime.ts';
import { capture } from '../../src/usecases/capture.ts';
import { importProfile } from '../../src/usecases/import-profile.ts';
import { withProfileLock } from '../../src/usecases/profile-lock.ts';
import { addProfile, makeDefault } from '../../src/usecases/profiles.ts';
import { removeProfile } from '../../src/usecases/remove-profile.ts';
import { renameProfile } from '../../src/usecases/rename-profile.ts';
import { tarBytes } from '../support/config-tar.ts';
import { loginText, stateText } from '../support/logins.ts';
import { countedLogin, countOf, sharedDirectories } from './race-logins.ts';

const [number = '0', rounds = '10'] = process.argv.slice(2);
const made = createPorts({ env: process.env, platform: process.platform });
const { homeDir } = made.host;
const signal = new AbortController().signal;
/** As `--wait 60s` does it. */
const ports: Ports = {
  ...made,
  locks: { acquire: (name, options) => made.locks.acquire(name, { ...options, waitMs: 60_000 }) },
};

let seed = Number(number) * 7919 + 1;
const chance = (below: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return (seed >> 8) % below;
};
const oneOf = <T>(all: readonly T[]): T => all[chance(all.length)] as T;

const own: string[] = [];
const replaced: Record<string, number> = {};
let named = 0;
const freshName = () => {
  named += 1;
  return `w${number}-${named}`;
};

/** What may come of it where others are at work too. Anything else ends the process. */
const fine = (result: Result<unknown>, ...codes: readonly FailureCode[]): boolean => {
  if (!result.ok && !codes.includes(result.failure.code)) throw new Error(JSON.stringify(result.failure));
  return result.ok;
};

/** A profile as it is called right now, by its directory. */
const profileAt = async (authDir: string): Promise<Profile | null> => {
  const config = await ports.settings.load();
  if (!config.ok) throw new Error(config.failure.why);
  return config.value.profiles.find((profile) => profile.authDir === authDir) ?? null;
};

const nextLogin = async (authDir: string): Promise<string> => {
  const stored = await ports.store.readLogin(authDir);
  if (!stored.ok) throw new Error(stored.failure.why);
  return countedLogin(countOf(JSON.stringify(stored.value.login)) + 1);
};

/** Replaces a shared login by the next one, as a refresh or as a capture does it. */
const replace = async (how: 'refresh' | 'capture'): Promise<void> => {
  const authDir = oneOf(sharedDirectories(homeDir));
  const profile = await profileAt(authDir);
  if (profile === null) return;
  const done =
    how === 'refresh'
      ? await withProfileLock(ports, profile, 'refresh', signal, async () =>
          ports.store.write(authDir, new Map([['.credentials.json', await nextLogin(authDir)]])),
        )
      : await capture(ports, { profile, run: signedIn(profile.name, authDir) }, () => {}, signal);
  // It was renamed by another process between the look and the lock.
  if (fine(done, 'profile.unknown')) replaced[authDir] = (replaced[authDir] ?? 0) + 1;
};

/** A finished sign-in. What it holds is made when the capture asks for it, under the lock. */
const signedIn = (profile: string, authDir: string): SignInRun => ({
  id: 'race',
  profile,
  method: 'auth-login',
  startedAt: 0,
  session: null,
  stat: async () => ok(null),
  read: async () => ok(null),
  download: async () =>
    ok(
      Readable.from([
        await tarBytes({
          '.credentials.json': await nextLogin(authDir),
          '.claude.json': stateText('shared'),
        }),
      ]),
    ),
  remove: async () => ok(undefined),
});

const add = async () => {
  const name = freshName();
  const authDir = join(homeDir, 'own', name);
  if (fine(await addProfile(ports, { name, authDir, runtime: 'sandbox', allowOccupied: false })))
    own.push(name);
};

const importOne = async () => {
  const name = freshName();
  const directory = join(homeDir, 'own', `import-${name}`);
  const written = await ports.store.write(directory, new Map([['.credentials.json', loginText(name)]]));
  fine(written);
  const input = { directory, name, copy: chance(2) === 0, runtime: 'sandbox' } as const;
  if (fine(await importProfile(ports, input, signal))) own.push(name);
};

const renameOwn = async () => {
  const name = own.shift();
  if (name === undefined) return;
  const newName = freshName();
  fine(await renameProfile(ports, { name, newName }, () => {}, signal));
  own.push(newName);
};

const renameShared = async () => {
  const profile = await profileAt(oneOf(sharedDirectories(homeDir)));
  if (profile === null) return;
  const newName = `shared-${chance(1000)}`;
  const done = await renameProfile(ports, { name: profile.name, newName }, () => {}, signal);
  fine(done, 'profile.unknown', 'profile.exists', 'usage');
};

const removeOwn = async () => {
  const name = own.shift();
  const config = await ports.settings.load();
  const profile = config.ok ? config.value.profiles.find((one) => one.name === name) : undefined;
  if (name === undefined) return;
  if (profile === undefined) throw new Error(`${name} is lost`);
  fine(await removeProfile(ports, { profile, purge: oneOf(['nothing', 'captured']) }, () => {}, signal));
};

const use = async () => {
  const config = await ports.settings.load();
  if (!config.ok) throw new Error(config.failure.why);
  fine(await makeDefault(ports, oneOf(config.value.profiles).name), 'profile.unknown');
};

const deeds = [
  add,
  importOne,
  renameOwn,
  renameShared,
  removeOwn,
  use,
  () => replace('refresh'),
  () => replace('refresh'),
  () => replace('capture'),
];
for (let round = 0; round < Number(rounds); round += 1) await oneOf(deeds)();
console.log(JSON.stringify({ own, replaced }));
