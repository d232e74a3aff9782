import type { Profile } from '../domain/profile.ts';

/** Tells whether something has changed on disk, at the price of a few stats: no content is read. */
export interface Changes {
  /** A mark of the settings; another one means that they have changed. */
  settings(): Promise<string>;
  /** A mark of what the checks of a profile look at; another one means that a check may come out differently. */
  profile(profile: Pick<Profile, 'name' | 'authDir'>): Promise<string>;
}
