import { join, sep } from 'node:path';
import { type Failure, fail, ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import { isSamePublication, type Owner, type Publication } from '../domain/publication.ts';
import type { Ports } from '../ports/ports.ts';
import { lend } from './lend.ts';
import { requireEngine } from './open-runtime.ts';
import { withProfileLock } from './profile-lock.ts';
import { forgetPublication, publicationsOf, savePublication } from './publications.ts';
import { lockWaitMs, publish } from './publish.ts';
import { findServices, restartServices } from './restart-services.ts';
import { takeBack } from './take-back.ts';

export interface ApplyInput {
  readonly profile: Profile;
  /** Absolute path. */
  readonly directory: string;
  /** With the refresh token: the directory becomes the one other holder of the login. */
  readonly full: boolean;
  /** Null for whoever owns the directory. */
  readonly owner: Owner | null;
  /** Compose services to restart afterwards, as `SERVICE` or `PROJECT/SERVICE`. */
  readonly restart: readonly string[];
  /** Absolute path of the compose file that they were started from; null for any. */
  readonly composeFile: string | null;
}

export interface Applied {
  readonly directory: string;
  /** `current`: it held the newest tokens already. */
  readonly outcome: 'written' | 'current';
  /** Milliseconds since the epoch, when the access token in it ends. */
  readonly expiresAt: number;
  /** Why the login could not be refreshed first. */
  readonly warning: Failure | null;
  readonly restarted: readonly string[];
}

/**
 * Publishes a profile's login into a directory that containers mount, and has it kept fresh from now on. Done again it
 * changes nothing but what is asked for differently.
 */
export const apply = async (
  ports: Ports,
  input: ApplyInput,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<Result<Applied>> => {
  const { profile, restart, composeFile } = input;
  const allowed = await mayPublish(ports, input);
  if (!allowed.ok) return allowed;
  const engine = restart.length === 0 ? null : await requireEngine(ports, signal);
  if (engine !== null && !engine.ok) return engine;
  const targets = engine === null ? ok([]) : await findServices(engine.value, restart, composeFile);
  if (!targets.ok) return targets;
  const lent = await lend(ports, { profile }, onProgress, signal);
  if (!lent.ok) return lent;
  const published = await withProfileLock(
    ports,
    profile,
    'apply',
    signal,
    () => publishAnew(ports, profile, { ...input, directory: allowed.value }),
    lockWaitMs,
  );
  if (!published.ok) return published;
  const restarted =
    engine === null ? ok(undefined) : await restartServices(engine.value, targets.value, onProgress);
  if (!restarted.ok) return restarted;
  return ok({
    directory: allowed.value,
    outcome: published.value,
    expiresAt: lent.value.lease.expiresAt,
    warning: lent.value.warning,
    restarted: restart,
  });
};

/** Registers the publication and fills it. When that fails, the registration is as it was before. */
const publishAnew = async (
  ports: Ports,
  profile: Profile,
  { directory, full, owner }: ApplyInput,
): Promise<Result<'written' | 'current'>> => {
  const key = { profile: profile.name, directory };
  const find = async () => {
    const known = await publicationsOf(ports, profile);
    return known.ok ? ok(known.value.find((other) => isSamePublication(other, key)) ?? null) : known;
  };
  const earlier = await find();
  if (!earlier.ok) return earlier;
  if (earlier.value !== null) {
    // It may be a full login until now, and a lease from now on.
    const taken = await takeBack(ports, profile, earlier.value);
    if (!taken.ok) return taken;
  }
  // Taking back notes what it took.
  const found = await find();
  if (!found.ok) return found;
  const before = found.value;
  const nothing: Publication['written'] = { logins: [], states: [] };
  const wanted: Publication = { ...key, full, owner, written: before?.written ?? nothing };
  const saved = await savePublication(ports, wanted);
  if (!saved.ok) return saved;
  const done = await publish(ports, profile, wanted);
  if (done.ok) return done;
  const undone = before === null ? await forgetPublication(ports, key) : await savePublication(ports, before);
  return undone.ok ? done : undone;
};

const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(join(folder, sep));

const refused = (directory: string, why: string, fix: string): Result<never> =>
  fail('publish.refused', `Nothing was published to ${directory}`, why, fix);

/** The directory's real path, unless there is a reason to leave it alone. */
const mayPublish = async (
  ports: Ports,
  { profile, directory: given, full }: ApplyInput,
): Promise<Result<string>> => {
  const [config, look] = [await ports.settings.load(), await ports.published.look(given)];
  if (!config.ok) return config;
  if (!look.ok) return look;
  const { directory } = look.value;
  for (const other of config.value.profiles) {
    const real = await ports.published.realPath(other.authDir);
    if (isInside(directory, real)) {
      return refused(
        directory,
        `the login of ${other.name} is kept there, and must not be written over`,
        'name a directory of its own for the containers',
      );
    }
  }
  const publications = config.value.publications ?? [];
  const others = publications.find(
    (known) => known.directory === directory && known.profile !== profile.name,
  );
  if (others !== undefined) {
    return refused(
      directory,
      `the profile ${others.profile} is published there`,
      `take it back first: claude-setup unapply ${others.profile} --to ${directory}`,
    );
  }
  const holder = publications.find(
    (known) => known.full && known.profile === profile.name && known.directory !== directory,
  );
  if (full && holder !== undefined) {
    return refused(
      directory,
      `${holder.directory} holds the full login of ${profile.name}, and two holders sign each other out`,
      `take it back first: claude-setup unapply ${profile.name} --to ${holder.directory}, or publish a lease`,
    );
  }
  return ok(directory);
};
