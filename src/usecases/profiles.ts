import type { Config } from '../domain/config.ts';
import { fail, ok, type Result } from '../domain/failure.ts';
import { defaultAuthDir, type Profile, profileName, type RuntimeKind } from '../domain/profile.ts';
import { projectFileText } from '../domain/project-file.ts';
import type { DirectoryUse } from '../ports/auth-store.ts';
import type { Ports } from '../ports/ports.ts';
import { withSome } from './check-profiles.ts';
import { overridingChoice, resolveProfile, unknownProfile } from './resolve-profile.ts';

export { resolveProfile } from './resolve-profile.ts';

export interface AddProfileInput {
  readonly name: string;
  /** Absolute path; null for the name's own default. */
  readonly authDir: string | null;
  readonly runtime: RuntimeKind;
  /** Whether a directory that holds other things may be used. */
  readonly allowOccupied: boolean;
}

export interface AddedProfile {
  readonly profile: Profile;
  /** What the directory was before; `captured` means that a login was adopted in place. */
  readonly directory: DirectoryUse['kind'];
}

/** Adds a profile; the first one becomes the default. A captured directory is adopted in place. */
export const addProfile = async (ports: Ports, input: AddProfileInput): Promise<Result<AddedProfile>> => {
  const name = profileName(input.name);
  if (!name.ok) return name;
  const authDir = input.authDir ?? defaultAuthDir(name.value, ports.host.homeDir, ports.host.env);
  const use = await ports.store.inspect(authDir);
  if (!use.ok) return use;
  const usable = canUse(authDir, use.value, input.allowOccupied);
  if (!usable.ok) return usable;
  const profile: Profile = { name: name.value, authDir, runtime: input.runtime, leaveOut: null };
  const saved = await saveNewProfile(ports, profile);
  return saved.ok ? ok({ profile, directory: use.value.kind }) : saved;
};

/** Puts a new profile into the settings, unless its name or its directory is another one's. */
export const saveNewProfile = async (ports: Ports, profile: Profile): Promise<Result<Config>> => {
  const sharing = await sharedDirectory(ports, profile.authDir);
  if (!sharing.ok) return sharing;
  return ports.settings.update((config) => {
    const taken = config.profiles.find(
      ({ name, authDir }) =>
        name === profile.name || authDir === profile.authDir || authDir === sharing.value?.authDir,
    );
    if (taken !== undefined) return alreadyThere(taken, profile);
    return ok({
      ...config,
      defaultProfile: config.defaultProfile ?? profile.name,
      profiles: [...config.profiles, profile],
    });
  });
};

/** The profile that has this directory, whichever links lead to it; null when none has. */
const sharedDirectory = async (
  { settings, directories }: Ports,
  authDir: string,
): Promise<Result<Profile | null>> => {
  const config = await settings.load();
  if (!config.ok) return config;
  const wanted = await directories.realPath(authDir);
  let sharing: Profile | null = null;
  await withSome(config.value.profiles, async (profile) => {
    if ((await directories.realPath(profile.authDir)) === wanted) sharing = profile;
  });
  return ok(sharing);
};

/** Makes a profile the default. */
export const makeDefault = async (ports: Ports, name: string): Promise<Result<Profile>> => {
  const updated = await ports.settings.update((config) =>
    config.profiles.some((profile) => profile.name === name)
      ? ok({ ...config, defaultProfile: name })
      : unknownProfile(config, name),
  );
  if (!updated.ok) return updated;
  const profile = updated.value.profiles.find((candidate) => candidate.name === name);
  return profile === undefined ? unknownProfile(updated.value, name) : ok(profile);
};

/** What is used here all the same, in place of a profile that has become the default; null when that one is. */
export const usedInstead = async (ports: Ports, name: string): Promise<string | null> => {
  const choice = await overridingChoice(ports);
  // What is wrong with the file is told by whoever goes by it.
  if (!choice.ok || choice.value === null || choice.value.name === name) return null;
  return `Here ${choice.value.name} is used all the same: ${choice.value.reason} says so`;
};

/** Makes a profile the one of the current directory and those below it. Where that is written. */
export const pinProfile = async (
  ports: Ports,
  name: string,
): Promise<Result<{ readonly profile: Profile; readonly path: string }>> => {
  const resolved = await resolveProfile(ports, name);
  if (!resolved.ok) return resolved;
  const written = await ports.projectFile.write((before) => projectFileText(before, name));
  return written.ok ? ok({ profile: resolved.value.profile, path: written.value.path }) : written;
};

const canUse = (authDir: string, use: DirectoryUse, allowOccupied: boolean): Result<void> => {
  if (use.kind === 'not-a-directory') {
    return fail(
      'directory.occupied',
      `${authDir} can't be used`,
      'it is not a directory',
      'choose another one',
    );
  }
  if (use.kind === 'occupied' && !allowOccupied) {
    const names = use.names.slice(0, 3).join(', ');
    return fail(
      'directory.occupied',
      `${authDir} was left alone`,
      `it holds other things (${names})`,
      'choose another directory, or allow it with --use-occupied',
    );
  }
  return ok(undefined);
};

const alreadyThere = (taken: Profile, wanted: Profile): Result<never> =>
  taken.name === wanted.name
    ? fail(
        'profile.exists',
        `The profile ${wanted.name} is there already`,
        `it uses ${taken.authDir}`,
        'choose another name',
      )
    : fail(
        'profile.exists',
        `The profile ${wanted.name} was not added`,
        `its directory belongs to the profile ${taken.name}, and two profiles on one login sign each other out`,
        'choose another directory',
      );
