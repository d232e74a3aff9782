import { parseLogin } from '../domain/credentials.ts';
import { fail, ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import { type Publication, textMark, withoutLogin } from '../domain/publication.ts';
import { tokensMark } from '../domain/working-copy.ts';
import type { Ports } from '../ports/ports.ts';
import type { PublishedDirectory } from '../ports/published.ts';
import { withProfileLock } from './profile-lock.ts';
import { forgetPublication, publicationsOf } from './publications.ts';
import { lockWaitMs } from './publish.ts';
import { takeBack } from './take-back.ts';

/** What became of one published directory. */
export interface Unapplied {
  readonly directory: string;
  readonly removed: readonly string[];
  /** Files that are not, or no longer, as we wrote them. */
  readonly left: readonly string[];
}

/**
 * Ends the publishing of a profile, into one directory (an absolute path) or with null all of them: takes back what the
 * holder of a full login has made of it, and removes the files that are still ours.
 */
export const unapply = (
  ports: Ports,
  { profile, directory }: { readonly profile: Profile; readonly directory: string | null },
  signal: AbortSignal,
): Promise<Result<readonly Unapplied[]>> =>
  withProfileLock(
    ports,
    profile,
    'unapply',
    signal,
    async () => {
      const publications = await publicationsOf(ports, profile);
      if (!publications.ok) return publications;
      const real = directory === null ? null : await ports.published.realPath(directory);
      const chosen = publications.value.filter((known) => real === null || known.directory === real);
      if (chosen.length === 0) return notPublished(profile, real);
      const done: Unapplied[] = [];
      for (const publication of chosen) {
        const one = await unpublish(ports, profile, publication);
        if (!one.ok) return one;
        done.push(one.value);
      }
      return ok(done);
    },
    lockWaitMs,
  );

const unpublish = async (
  ports: Ports,
  profile: Profile,
  publication: Publication,
): Promise<Result<Unapplied>> => {
  const taken = await takeBack(ports, profile, publication);
  if (!taken.ok) return taken;
  // Taking back notes what it took.
  const publications = await publicationsOf(ports, profile);
  if (!publications.ok) return publications;
  const { directory } = publication;
  const known = publications.value.find((other) => other.directory === directory) ?? publication;
  const present = await ports.published.look(directory);
  if (!present.ok) return present;
  const { removed, left, rest } = whatIsOurs(known, present.value);
  if (rest !== null) {
    const written = await ports.published.write(
      directory,
      new Map([['.credentials.json', rest]]),
      known.owner,
    );
    if (!written.ok) return written;
  }
  const gone = await ports.published.remove(
    directory,
    removed.filter((name) => name !== '.credentials.json' || rest === null),
  );
  if (!gone.ok) return gone;
  const forgotten = await forgetPublication(ports, known);
  return forgotten.ok ? ok({ directory, removed, left }) : forgotten;
};

/** `rest` is what a container keeps beside the login in its file; null when there is nothing. */
const whatIsOurs = (
  { written }: Publication,
  { credentials, stateFile }: PublishedDirectory,
): Pick<Unapplied, 'removed' | 'left'> & { readonly rest: string | null } => {
  const parsed = credentials === null ? null : parseLogin(credentials);
  const loginIsOurs = parsed?.ok === true && written.logins.includes(tokensMark(parsed.login));
  const stateIsOurs = stateFile !== null && written.states.includes(textMark(stateFile));
  const names = (ours: boolean) => [
    ...(credentials !== null && loginIsOurs === ours ? ['.credentials.json'] : []),
    ...(stateFile !== null && stateIsOurs === ours ? ['.claude.json'] : []),
  ];
  return {
    removed: names(true),
    left: names(false),
    rest: credentials !== null && loginIsOurs ? withoutLogin(credentials) : null,
  };
};

const notPublished = ({ name }: Profile, directory: string | null): Result<never> =>
  fail(
    'publish.unknown',
    `There was nothing to take back of ${name}`,
    directory === null ? 'it is published nowhere' : `it is not published to ${directory}`,
    `look where it is: claude-setup profile show ${name}`,
  );
