import { fail, ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import type { Recovery, Snapshot } from '../ports/auth-store.ts';
import type { Ports } from '../ports/ports.ts';
import { withProfileLock } from './profile-lock.ts';

export interface RolledBack {
  readonly snapshot: Snapshot;
  /** What an earlier process had left half done. */
  readonly recovered: Recovery | null;
}

/** Puts a snapshot back, the newest unless one is named. What is there now becomes a snapshot itself. */
export const rollBack = (
  ports: Ports,
  { profile, id }: { readonly profile: Profile; readonly id: string | null },
  signal: AbortSignal,
): Promise<Result<RolledBack>> =>
  withProfileLock(ports, profile, 'rollback', signal, async (recovered) => {
    const snapshots = await ports.store.snapshots(profile.authDir);
    if (!snapshots.ok) return snapshots;
    const snapshot = snapshots.value.find((candidate) => id === null || candidate.id === id);
    if (snapshot === undefined) return noSnapshot(profile, id, snapshots.value);
    const done = await ports.store.rollback(profile.authDir, snapshot);
    return done.ok ? ok({ snapshot, recovered }) : done;
  });

/** The snapshot that a roll back goes to when none is named. */
export const newestSnapshot = async (
  { store }: Pick<Ports, 'store'>,
  profile: Profile,
): Promise<Result<Snapshot>> => {
  const snapshots = await store.snapshots(profile.authDir);
  if (!snapshots.ok) return snapshots;
  const [newest] = snapshots.value;
  return newest === undefined ? noSnapshot(profile, null, []) : ok(newest);
};

const noSnapshot = ({ name }: Profile, id: string | null, there: readonly Snapshot[]): Result<never> =>
  fail(
    'snapshot.missing',
    `${name} was not rolled back`,
    there.length === 0
      ? 'there is no snapshot: one is taken whenever a new login takes the place of an old one'
      : `there is no snapshot ${JSON.stringify(id?.slice(0, 60))}, only: ${there.map((one) => one.id).join(', ')}`,
    there.length === 0 ? `sign in again: claude-setup login ${name}` : 'name one of those with --to ID',
  );
