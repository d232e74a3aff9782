import { ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import { isSamePublication, type Publication } from '../domain/publication.ts';
import type { Ports } from '../ports/ports.ts';

type SettingsPort = Pick<Ports, 'settings'>;

/** The directories that are kept fresh with a profile's login. */
export const publicationsOf = async (
  { settings }: SettingsPort,
  { name }: Pick<Profile, 'name'>,
): Promise<Result<readonly Publication[]>> => {
  const config = await settings.load();
  return config.ok ? ok((config.value.publications ?? []).filter(({ profile }) => profile === name)) : config;
};

/** Puts a publication into the settings, in the place of the one for the same profile and directory. */
export const savePublication = async (
  { settings }: SettingsPort,
  publication: Publication,
): Promise<Result<void>> => {
  const updated = await settings.update((config) => {
    const others = (config.publications ?? []).filter((other) => !isSamePublication(other, publication));
    return ok({ ...config, publications: [...others, publication] });
  });
  return updated.ok ? ok(undefined) : updated;
};

/** Takes a publication out of the settings. Nothing on disk is touched. */
export const forgetPublication = async (
  { settings }: SettingsPort,
  publication: Pick<Publication, 'profile' | 'directory'>,
): Promise<Result<void>> => {
  const updated = await settings.update((config) => ({
    ok: true,
    value: {
      ...config,
      publications: (config.publications ?? []).filter((other) => !isSamePublication(other, publication)),
    },
  }));
  return updated.ok ? ok(undefined) : updated;
};
