import { shownName } from '../domain/capture-rules.ts';
import { namesOfOthers } from '../domain/captured-names.ts';
import { withoutProfile } from '../domain/config-changes.ts';
import { fail, failureLine, ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import type { Ports } from '../ports/ports.ts';
import type { Runtime } from '../ports/runtime.ts';
import { type Places, placesOf, settleLogin } from './leftovers.ts';
import { withProfileLock } from './profile-lock.ts';
import { publicationsOf } from './publications.ts';
import { resolveProfile, staleChoice, unknownProfile } from './resolve-profile.ts';

/** What a removal would be about, to be shown before somebody says yes. */
export interface Removal {
  readonly profile: Profile;
  /** Names in its directory that no capture puts there. */
  readonly others: readonly string[];
  readonly snapshots: number;
}

export interface RemoveInput {
  readonly profile: Profile;
  /** `captured`: the directory goes too, when it holds nothing else; `everything`: whatever it holds. */
  readonly purge: 'nothing' | 'captured' | 'everything';
}

export interface Removed {
  readonly profile: Profile;
  readonly purged: boolean;
  /** What stays, one line each. */
  readonly kept: readonly string[];
  /** What goes by it no longer, or still does, one line each. */
  readonly notes: readonly string[];
}

export const planRemoval = async (ports: Ports, name: string): Promise<Result<Removal>> => {
  const resolved = await resolveProfile(ports, name);
  if (!resolved.ok) return resolved;
  const { profile } = resolved.value;
  const [{ entries }, snapshots] = await Promise.all([
    ports.store.gather(profile.authDir),
    ports.store.snapshots(profile.authDir),
  ]);
  return ok({
    profile,
    others: namesOfOthers(entries),
    snapshots: snapshots.ok ? snapshots.value.length : 0,
  });
};

/**
 * Removes a profile. Its directory stays unless it is to be purged; then that goes first, so that a removal which was cut
 * short can be done again.
 */
export const removeProfile = (
  ports: Ports,
  { profile, purge }: RemoveInput,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<Result<Removed>> =>
  withProfileLock(ports, profile, 'profile remove', signal, async (recovered) => {
    if (recovered !== null) onProgress(recovered.summary);
    const publications = await publicationsOf(ports, profile);
    if (!publications.ok) return publications;
    const places = await placesOf(ports, profile, signal);
    const gone =
      purge === 'nothing'
        ? await settleDirectory(ports, profile, places, onProgress, signal)
        : await purgeDirectory(ports, profile, purge);
    if (!gone.ok) return gone;
    const left = await removeLeft(places, profile, onProgress);
    if (!left.ok) return left;
    const forgotten = await ports.loginMarks.forget(profile.name);
    if (!forgotten.ok) return forgotten;
    const updated = await ports.settings.update((config) =>
      config.profiles.some(({ name }) => name === profile.name)
        ? ok(withoutProfile(config, profile.name))
        : unknownProfile(config, profile.name),
    );
    if (!updated.ok) return updated;
    const { defaultProfile, profiles } = updated.value;
    const stale = await staleChoice(ports, profile.name);
    return ok({
      profile,
      notes: [
        ...(defaultProfile === null && profiles.length > 1
          ? ['There is no default profile now; choose one with claude-setup use NAME']
          : []),
        ...(stale === null ? [] : [stale]),
      ],
      purged: purge !== 'nothing',
      kept: [
        ...(purge === 'nothing' ? await keptOfDirectory(ports, profile) : []),
        ...publications.value.map(
          ({ directory }) => `${directory} keeps what was published to it, and gets nothing new`,
        ),
        ...unseenLine(places, profile),
      ],
    });
  });

/** Nobody looks at the directory any more, so nothing half done may stay in it. */
const settleDirectory = async (
  ports: Ports,
  profile: Profile,
  places: Places,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<Result<void>> => {
  const settled = await settleLogin(ports, profile, places, onProgress, signal);
  if (!settled.ok) return settled;
  const recovered = await ports.store.recover(profile.authDir);
  return recovered.ok ? ok(undefined) : recovered;
};

const purgeDirectory = async (
  ports: Ports,
  { name, authDir }: Profile,
  purge: 'captured' | 'everything',
): Promise<Result<void>> => {
  const config = await ports.settings.load();
  if (!config.ok) return config;
  const { homeDir, env } = ports.host;
  const own = await Promise.all(
    [env.CLAUDE_CONFIG_DIR || `${homeDir}/.claude`, authDir].map((path) => ports.directories.realPath(path)),
  );
  if (own[0] === own[1]) return ownDirectory(authDir);
  const { entries } = await ports.store.gather(authDir);
  const others = namesOfOthers(entries);
  if (purge === 'captured' && others.length > 0) return holdsOthers(authDir, others);
  const elsewhere = config.value.profiles.filter((other) => other.name !== name);
  return ports.directories.purge(authDir, [
    homeDir,
    ports.settings.home,
    ...elsewhere.map((other) => other.authDir),
  ]);
};

/** Sign-ins and refreshes of this name that nobody comes back to any more. */
const removeLeft = async (
  { runtimes }: Places,
  { name }: Profile,
  onProgress: (line: string) => void,
): Promise<Result<void>> => {
  for (const runtime of runtimes) {
    const [runs, copies] = await Promise.all([
      runtime.findSignIns(name, null),
      runtime.findWorkingCopies(name),
    ]);
    if (!runs.ok) return runs;
    if (!copies.ok) return copies;
    for (const left of [...runs.value, ...copies.value]) {
      const removed = await left.remove();
      if (!removed.ok) return removed;
    }
    say(onProgress, runtime, runs.value.length, 'sign-in');
    say(onProgress, runtime, copies.value.length, 'refresh');
  }
  return ok(undefined);
};

const say = (onProgress: (line: string) => void, { kind }: Runtime, count: number, what: string): void => {
  const many = `${count} ${what === 'sign-in' ? 'sign-ins' : 'refreshes'}`;
  if (count > 0)
    onProgress(
      `Removed ${count === 1 ? `a ${what}` : many} that was left in ${kind === 'docker' ? 'a container' : 'a private home'}`,
    );
};

const keptOfDirectory = async ({ store }: Ports, { authDir }: Profile): Promise<readonly string[]> => {
  const [{ directory }, snapshots] = await Promise.all([store.gather(authDir), store.snapshots(authDir)]);
  if (directory.kind === 'missing') return [];
  const count = snapshots.ok ? snapshots.value.length : 0;
  const with_ = count === 0 ? '' : ` and ${count === 1 ? 'a snapshot' : `${count} snapshots`} of it`;
  return [`${authDir}${with_}`];
};

const unseenLine = ({ unseen }: Places, { name }: Profile): readonly string[] =>
  unseen === null
    ? []
    : [`containers labelled claude-setup.profile=${name}, if there are any: ${failureLine(unseen)}`];

const ownDirectory = (authDir: string): Result<never> =>
  fail(
    'directory.unsafe',
    `${authDir} was not removed`,
    'it is where the Claude CLI of this machine keeps everything',
    'remove the profile without --purge; sign that CLI out with claude auth logout',
  );

const holdsOthers = (authDir: string, others: readonly string[]): Result<never> =>
  fail(
    'directory.occupied',
    `${authDir} was not removed`,
    `it holds things that no capture made: ${others.slice(0, 5).map(shownName).join(', ')}${others.length > 5 ? ' …' : ''}`,
    'move them away, or add --purge-all to remove them too; without --purge the directory stays',
  );
