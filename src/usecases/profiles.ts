import type { Config } from '../domain/config.ts';
import { fail, ok, type Result } from '../domain/failure.ts';
import { defaultAuthDir, type Profile, profileName, type RuntimeKind } from '../domain/profile.ts';
import type { DirectoryUse } from '../ports/auth-store.ts';
import type { Ports } from '../ports/ports.ts';

/** A profile and why it was taken. */
export interface ResolvedProfile {
  readonly profile: Profile;
  readonly reason: string;
}

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

/** The profile of that name, else the one of CLAUDE_SETUP_PROFILE, else the default, else the only one. */
export const resolveProfile = async (ports: Ports, name: string | null): Promise<Result<ResolvedProfile>> => {
  const config = await ports.settings.load();
  if (!config.ok) return config;
  const fromEnv = ports.host.env.CLAUDE_SETUP_PROFILE || null;
  const { defaultProfile, profiles } = config.value;
  const choices: readonly [string | null | undefined, string][] = [
    [name, 'named on the command line'],
    [fromEnv, 'CLAUDE_SETUP_PROFILE'],
    [defaultProfile, 'the default profile'],
    [profiles.length === 1 ? profiles[0]?.name : null, 'the only profile'],
  ];
  const choice = choices.find(([chosen]) => chosen);
  if (!choice?.[0]) return profiles.length === 0 ? noProfiles() : noneChosen(config.value);
  const profile = profiles.find((candidate) => candidate.name === choice[0]);
  return profile === undefined ? unknownProfile(config.value, choice[0]) : ok({ profile, reason: choice[1] });
};

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
  const updated = await ports.settings.update((config) => {
    const taken = config.profiles.find((other) => other.name === profile.name || other.authDir === authDir);
    if (taken !== undefined) return alreadyThere(taken, profile);
    return ok({
      ...config,
      defaultProfile: config.defaultProfile ?? profile.name,
      profiles: [...config.profiles, profile],
    });
  });
  return updated.ok ? ok({ profile, directory: use.value.kind }) : updated;
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

const noProfiles = (): Result<never> =>
  fail('profile.unknown', 'There is no profile yet', 'nobody has signed in here', 'run claude-setup login');

const noneChosen = (config: Config): Result<never> =>
  fail(
    'profile.unknown',
    'No profile was chosen',
    `there are several (${config.profiles.map(({ name }) => name).join(', ')}) and none is the default`,
    'name one, or choose a default with claude-setup profile use NAME',
  );

const unknownProfile = (config: Config, name: string): Result<never> => {
  const names = config.profiles.map((profile) => profile.name).join(', ');
  const shown = profileName(name).ok ? name : 'that name';
  return fail(
    'profile.unknown',
    `There is no profile ${shown}`,
    names ? `there are only: ${names}` : 'there is none yet',
    names ? 'name one of them, or add it with claude-setup profile add NAME' : 'run claude-setup login',
  );
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
