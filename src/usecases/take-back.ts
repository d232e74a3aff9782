import { type StoredLogin, tokenExpiry } from '../domain/credentials.ts';
import { ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import { marksOf, type Publication, withMark } from '../domain/publication.ts';
import { accountOf, judgeWorkingCopy, tokensMark } from '../domain/working-copy.ts';
import type { Ports } from '../ports/ports.ts';
import type { PublishedDirectory } from '../ports/published.ts';
import { savePublication } from './publications.ts';

interface Stored {
  readonly login: StoredLogin;
  readonly stateFile: string | null;
}

/** Whether a directory's state file names another account than the stored one. */
export const isOfAnotherAccount = (stored: Stored | null, present: PublishedDirectory): boolean => {
  const [mine, theirs] = [accountOf(stored?.stateFile ?? null), accountOf(present.stateFile)];
  return mine !== null && theirs !== null && mine !== theirs;
};

/**
 * Keeps what the holder of a published full login has made of it: the login in its directory, when the stored one is what
 * it was made of and ends before it. Blanked or malformed ones and those of another account are passed over. To be called
 * under the profile's lock. True when something was taken.
 */
export const takeBack = async (
  ports: Ports,
  profile: Profile,
  publication: Publication,
): Promise<Result<boolean>> => {
  if (!publication.full) return ok(false);
  const { directory, written } = publication;
  const present = await ports.published.look(directory);
  if (!present.ok) return present;
  const stored = await ports.store.readLogin(profile.authDir);
  if (!stored.ok) return stored;
  // Somebody has signed in since, or we have refreshed: then what is stored is newer, whatever the holder has.
  if (!written.logins.includes(tokensMark(stored.value.login))) return ok(false);
  const outcome = judgeWorkingCopy(stored.value, present.value, ports.clock.now());
  if (outcome.kind !== 'refreshed') return ok(false);
  const before = tokenExpiry(stored.value.login);
  if (before !== null && before.odd === null && outcome.expiresAt <= before.at) return ok(false);
  const logins = withMark(written.logins, marksOf(outcome.credentials) ?? '');
  const noted = await savePublication(ports, { ...publication, written: { ...written, logins } });
  if (!noted.ok) return noted;
  const files = new Map([['.credentials.json', outcome.credentials]]);
  const kept = await ports.store.write(profile.authDir, files);
  return kept.ok ? ok(true) : kept;
};
