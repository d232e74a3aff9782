import { withRenamed } from '../domain/config-changes.ts';
import { fail, ok, type Result } from '../domain/failure.ts';
import { type Profile, profileName } from '../domain/profile.ts';
import type { Ports } from '../ports/ports.ts';
import type { SignInRun } from '../ports/runtime.ts';
import { placesOf, settleLogin, unsettled } from './leftovers.ts';
import { asOnlyWriter, withNameLocks } from './profile-lock.ts';
import { resolveProfile, staleChoice, unknownProfile } from './resolve-profile.ts';
import { findUncaptured } from './uncaptured.ts';

export interface RenameInput {
  readonly name: string;
  readonly newName: string;
}

export interface Renamed {
  /** As it is now. Its directory is the one it was: containers mount it. */
  readonly profile: Profile;
  /** What still goes by the old name here, in one line; null for nothing. */
  readonly stale: string | null;
}

/**
 * Gives a profile another name. Whatever carries the old one and holds something of the login is brought home first, and
 * nobody else has either name meanwhile.
 */
export const renameProfile = async (
  ports: Ports,
  { name, newName }: RenameInput,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<Result<Renamed>> => {
  const wanted = profileName(newName);
  if (!wanted.ok) return wanted;
  if (name === newName) return sameName(name);
  const resolved = await resolveProfile(ports, name);
  if (!resolved.ok) return resolved;
  const { profile } = resolved.value;
  const command = 'profile rename';
  return withNameLocks(ports, [name, newName], { command, signal }, () =>
    asOnlyWriter(ports, profile, async (recovered) => {
      if (recovered !== null) onProgress(recovered.summary);
      const settled = await settleAll(ports, profile, onProgress, signal);
      if (!settled.ok) return settled;
      const renamed = await rename(ports, profile, newName);
      return renamed.ok ? ok({ profile: renamed.value, stale: await staleChoice(ports, name) }) : renamed;
    }),
  );
};

const settleAll = async (
  ports: Ports,
  profile: Profile,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<Result<void>> => {
  const places = await placesOf(ports, profile, signal);
  if (places.unseen !== null) return unsettled(profile, places.unseen);
  const settled = await settleLogin(ports, profile, places, onProgress, signal);
  if (!settled.ok) return settled;
  for (const runtime of places.runtimes) {
    const runs = await runtime.findSignIns(profile.name, null);
    if (!runs.ok) return unsettled(profile, runs.failure);
    const [run] = runs.value;
    // Also one that nobody has signed in at yet: somebody may be about to.
    if (run !== undefined) return signInLeft(profile, (await findUncaptured(ports, runtime, profile)) ?? run);
  }
  return ok(undefined);
};

/** In an order in which a kill at any moment leaves the whole of one name or of the other. */
const rename = async (ports: Ports, { name }: Profile, newName: string): Promise<Result<Profile>> => {
  const refused = await ports.loginMarks.refused(name);
  const marked = refused === null ? ok(undefined) : await ports.loginMarks.markRefused(newName, refused);
  if (!marked.ok) return marked;
  const updated = await ports.settings.update((config) => {
    if (!config.profiles.some((profile) => profile.name === name)) return unknownProfile(config, name);
    const taken = config.profiles.find((profile) => profile.name === newName);
    return taken === undefined ? ok(withRenamed(config, name, newName)) : nameTaken(name, taken);
  });
  if (!updated.ok) return updated;
  // What stays behind says nothing about any other login.
  await ports.loginMarks.forget(name);
  const renamed = updated.value.profiles.find((profile) => profile.name === newName);
  return renamed === undefined ? unknownProfile(updated.value, newName) : ok(renamed);
};

const sameName = (name: string): Result<never> =>
  fail('usage', 'Nothing was renamed', `${name} is called that already`, 'give another name');

const nameTaken = (name: string, taken: Profile): Result<never> =>
  fail(
    'profile.exists',
    `${name} was not renamed`,
    `there is a profile ${taken.name} already, with ${taken.authDir}`,
    'choose another name',
  );

const signInLeft = ({ name }: Profile, { startedAt }: SignInRun): Result<never> =>
  fail(
    'profile.unsettled',
    `${name} was not renamed`,
    `a sign-in under this name, begun at ${new Date(startedAt).toISOString()}, was not captured yet`,
    `finish or leave it first: claude-setup login ${name}`,
  );
