import { parseLogin, type StoredLogin } from '../domain/credentials.ts';
import { type Failure, fail, ok, type Result } from '../domain/failure.ts';
import { toFullLogin } from '../domain/full-login.ts';
import type { Profile } from '../domain/profile.ts';
import {
  marksOf,
  mergedCredentials,
  type Owner,
  type Publication,
  textMark,
  withMark,
} from '../domain/publication.ts';
import { hasRefreshToken, loginMark, tokensMark } from '../domain/working-copy.ts';
import type { Ports } from '../ports/ports.ts';
import type { PublishedDirectory } from '../ports/published.ts';
import { leaseAsItIs } from './lend.ts';
import { withProfileLock } from './profile-lock.ts';
import { publicationsOf, savePublication } from './publications.ts';
import { isOfAnotherAccount } from './take-back.ts';

/** What became of one published directory. */
export interface Published {
  readonly directory: string;
  /** `current`: it held the newest tokens already. */
  readonly outcome: 'written' | 'current' | 'failed';
  /** Null unless it failed. */
  readonly failure: Failure | null;
}

/** Brings every published directory of a profile up to date. To be called under the profile's lock. */
export const publishAll = async (
  ports: Ports,
  profile: Profile,
  publications: readonly Publication[],
): Promise<readonly Published[]> => {
  const all: Published[] = [];
  for (const publication of publications) {
    const done = await publish(ports, profile, publication);
    const { directory } = publication;
    all.push(
      done.ok
        ? { directory, outcome: done.value, failure: null }
        : { directory, outcome: 'failed', failure: done.failure },
    );
  }
  return all;
};

/** The same for a profile that is not locked; `locked` when another process is at work on it. Nothing is refreshed. */
export const publishProfile = async (
  ports: Ports,
  profile: Profile,
  signal: AbortSignal,
): Promise<Result<readonly Published[]>> => {
  const publications = await publicationsOf(ports, profile);
  if (!publications.ok || publications.value.length === 0) return publications.ok ? ok([]) : publications;
  const work = async () => ok(await publishAll(ports, profile, publications.value));
  return withProfileLock(ports, profile, 'apply', signal, work);
};

/** A refresh of another process takes this long at most, unless its issuer does not answer. */
export const lockWaitMs = 120_000;

/**
 * Writes a profile's login as it is now into a directory that containers mount, unless its tokens are there. To be
 * called under the profile's lock.
 */
export const publish = async (
  ports: Ports,
  profile: Profile,
  publication: Publication,
  kind: 'full' | 'lease' = publication.full ? 'full' : 'lease',
): Promise<Result<'written' | 'current'>> => {
  const { directory, owner, written } = publication;
  const [present, contents] = [await ports.published.look(directory), await contentsOf(ports, profile, kind)];
  if (!present.ok) return present;
  if (!contents.ok) return contents;
  const mine = mayReplace(profile, publication, present.value, contents.value.stored);
  if (!mine.ok) return mine;
  const login = contents.value.files.get('.credentials.json') ?? '';
  const mark = marksOf(login) ?? '';
  const state = stateToWrite(contents.value.files.get('.claude.json') ?? null, present.value, publication);
  const isCurrent = marksOf(present.value.credentials) === mark && state === null;
  if (isCurrent && isOwnedBy(present.value.owner, owner)) return ok('current');
  const noted = await savePublication(ports, {
    ...publication,
    written: {
      logins: withMark(written.logins, mark),
      states: state === null ? written.states : withMark(written.states, textMark(state)),
    },
  });
  if (!noted.ok) return noted;
  const files = new Map([['.credentials.json', mergedCredentials(login, present.value.credentials)]]);
  if (state !== null) files.set('.claude.json', state);
  const done = await ports.published.write(directory, files, owner);
  return done.ok ? ok('written') : done;
};

const isOwnedBy = (present: Owner | null, wanted: Owner | null): boolean =>
  wanted === null || (present?.uid === wanted.uid && present.gid === wanted.gid);

interface Contents {
  readonly files: ReadonlyMap<string, string>;
  /** Null for a profile that has only a long-lived token. */
  readonly stored: { readonly login: StoredLogin; readonly stateFile: string | null } | null;
}

const contentsOf = async (
  ports: Ports,
  profile: Profile,
  kind: 'full' | 'lease',
): Promise<Result<Contents>> => {
  const stored = await ports.store.readLogin(profile.authDir);
  if (kind === 'full') {
    if (!stored.ok) return stored;
    const { login, stateFile } = stored.value;
    return ok({ files: toFullLogin(login, stateFile).files, stored: stored.value });
  }
  const lease = await leaseAsItIs(ports, profile);
  return lease.ok ? ok({ files: lease.value.files, stored: stored.ok ? stored.value : null }) : lease;
};

/**
 * A login with a refresh token that came from elsewhere is never written over: it may be the only copy. What our own
 * holder made of a full login is ours, and a copy of the stored login is no loss.
 */
const mayReplace = (
  profile: Profile,
  publication: Publication,
  present: PublishedDirectory,
  stored: Contents['stored'],
): Result<void> => {
  const parsed = present.credentials === null ? null : parseLogin(present.credentials);
  if (!parsed?.ok || !hasRefreshToken(parsed.login)) return ok(undefined);
  const { login } = parsed;
  if (publication.written.logins.includes(tokensMark(login))) return ok(undefined);
  if (stored !== null && loginMark(stored.login) === loginMark(login)) return ok(undefined);
  if (publication.full && publication.written.logins.length > 0 && !isOfAnotherAccount(stored, present))
    return ok(undefined);
  return fail(
    'publish.refused',
    `Nothing was published to ${present.directory}`,
    'it holds a login of its own, with a refresh token, which would be lost',
    `keep it as a profile: claude-setup profile add NAME --dir ${present.directory}, or name another directory than for ${profile.name}`,
  );
};

/** The CLI keeps settings of its own in the state file, so one that a container has changed stays as it is. */
const stateToWrite = (
  state: string | null,
  { stateFile }: PublishedDirectory,
  { written }: Publication,
): string | null => {
  if (state === null || state === stateFile) return null;
  return stateFile === null || written.states.includes(textMark(stateFile)) ? state : null;
};
