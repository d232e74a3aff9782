import { ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import type { Publication } from '../domain/publication.ts';
import type { Ports } from '../ports/ports.ts';
import { publicationsOf } from './publications.ts';
import { publish } from './publish.ts';
import { takeBack } from './take-back.ts';

/** The published directories that hold a profile's full login, by the rules one at most. */
export const holdersOf = async (ports: Ports, profile: Profile): Promise<Result<readonly Publication[]>> => {
  const publications = await publicationsOf(ports, profile);
  return publications.ok ? ok(publications.value.filter(({ full }) => full)) : publications;
};

/** Takes back what the holders of a login have made of it. To be called under the profile's lock. */
export const bringHome = async (
  ports: Ports,
  profile: Profile,
  onProgress: (line: string) => void,
): Promise<Result<void>> => {
  const holders = await holdersOf(ports, profile);
  if (!holders.ok) return holders;
  for (const publication of holders.value) {
    const taken = await takeBack(ports, profile, publication);
    if (!taken.ok) return taken;
    if (taken.value) onProgress(`Took the newer login back from ${publication.directory}`);
  }
  return ok(undefined);
};

/**
 * Leaves the holders of a login with a lease of it. Before we refresh: when we are killed after that, nobody is left with a
 * refresh token that is spent, whose use would end the whole login. The next thing that is published is the full login again.
 */
export const disarmHolders = async (ports: Ports, profile: Profile): Promise<Result<void>> => {
  const holders = await holdersOf(ports, profile);
  if (!holders.ok) return holders;
  for (const publication of holders.value) {
    const done = await publish(ports, profile, publication, 'lease');
    if (!done.ok) return done;
  }
  return ok(undefined);
};
