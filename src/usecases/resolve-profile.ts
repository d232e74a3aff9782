import type { Config } from '../domain/config.ts';
import { fail, ok, type Result } from '../domain/failure.ts';
import { nearest } from '../domain/nearest.ts';
import { type Profile, profileName } from '../domain/profile.ts';
import { profileOfProjectFile } from '../domain/project-file.ts';
import type { Ports } from '../ports/ports.ts';

/** A profile and why it was taken. */
export interface ResolvedProfile {
  readonly profile: Profile;
  readonly reason: string;
}

interface Choice {
  readonly name: string;
  readonly reason: string;
}

/**
 * The profile of that name, else the one of CLAUDE_SETUP_PROFILE, else the one that a `.claude-setup` file names, else
 * the default, else the only one.
 */
export const resolveProfile = async (
  ports: Pick<Ports, 'settings' | 'host' | 'projectFile'>,
  name: string | null,
): Promise<Result<ResolvedProfile>> => {
  const config = await ports.settings.load();
  if (!config.ok) return config;
  const { defaultProfile, profiles } = config.value;
  // Also an empty one is a name: a script's variable that is not set must not mean the default profile.
  const chosen =
    name === null ? await overridingChoice(ports) : ok({ name, reason: 'named on the command line' });
  if (!chosen.ok) return chosen;
  const [only, ...more] = profiles;
  const choice: Choice | null =
    chosen.value ??
    (defaultProfile ? { name: defaultProfile, reason: 'the default profile' } : null) ??
    (only && more.length === 0 ? { name: only.name, reason: 'the only profile' } : null);
  if (choice === null) return profiles.length === 0 ? noProfiles() : noneChosen(config.value);
  const profile = profiles.find((candidate) => candidate.name === choice.name);
  if (profile !== undefined) return ok({ profile, reason: choice.reason });
  return unknownProfile(config.value, choice.name, name === null ? choice.reason : null);
};

/** What goes before the default profile, here and now: the environment, then the project's file. Null for neither. */
export const overridingChoice = async ({
  host,
  projectFile,
}: Pick<Ports, 'host' | 'projectFile'>): Promise<Result<Choice | null>> => {
  const { CLAUDE_SETUP_PROFILE: fromEnv } = host.env;
  if (fromEnv) return ok({ name: fromEnv, reason: 'CLAUDE_SETUP_PROFILE' });
  const file = await projectFile.find();
  if (!file.ok || file.value === null) return file.ok ? ok(null) : file;
  const { path, text } = file.value;
  const named = profileOfProjectFile(path, text);
  return named.ok ? ok({ name: named.value, reason: path }) : named;
};

/** What still goes by a name here that no profile has any more, in one line; null for nothing. */
export const staleChoice = async (
  ports: Pick<Ports, 'host' | 'projectFile'>,
  name: string,
): Promise<string | null> => {
  const choice = await overridingChoice(ports);
  return choice.ok && choice.value?.name === name ? `${choice.value.reason} still names ${name}` : null;
};

/** `reason` is why a name was taken that nobody typed; null for one that was typed. */
export const unknownProfile = (config: Config, name: string, reason: string | null = null): Result<never> => {
  const names = config.profiles.map((profile) => profile.name).join(', ');
  const shown = profileName(name).ok ? name : 'that name';
  const meant = nearest(
    name,
    config.profiles.map((profile) => profile.name),
  );
  const choose = meant === null ? 'name one of them' : `did you mean ${meant}? Name it`;
  const there = names ? `there are only: ${names}` : 'there is none yet';
  return fail(
    'profile.unknown',
    `There is no profile ${shown}`,
    reason === null ? there : `${reason} names it; ${there}`,
    names ? `${choose}, or add it with claude-setup profile add NAME` : 'run claude-setup login',
  );
};

const noProfiles = (): Result<never> =>
  fail('profile.unknown', 'There is no profile yet', 'nobody has signed in here', 'run claude-setup login');

const noneChosen = (config: Config): Result<never> =>
  fail(
    'profile.unknown',
    'No profile was chosen',
    `there are several (${config.profiles.map(({ name }) => name).join(', ')}) and none is the default`,
    'name one, or choose a default with claude-setup use NAME',
  );
