import { join } from 'node:path';
import type { Result } from '../../../domain/failure.ts';
import { ok } from '../../../domain/failure.ts';
import { sealedName } from '../../../domain/seal.ts';
import type { AuthStore, Snapshot } from '../../../ports/auth-store.ts';
import { begin, findSnapshots, noSuchSnapshot } from '../auth-store.ts';
import { commitWork } from '../commit.ts';
import { diskFailure } from '../disk-failure.ts';
import { unpack } from '../unpack.ts';
import { endWork } from '../work-area.ts';
import { contentOf, type SealKey } from './age-file.ts';
import { type Look, lookInto, openSealed, type SealContext, sealedFile } from './look.ts';
import { putSealed, sealedSource, withSealedWork } from './put-sealed.ts';
import { treeSource } from './sealed-archive.ts';

/** Each of the two may be sealed or not: the snapshot is brought into the form that the directory has now. */
export const rollBackSealed = async (
  context: SealContext,
  plain: AuthStore,
  authDir: string,
  snapshot: Snapshot,
): Promise<Result<void>> => {
  const found = await findSnapshots(context, authDir);
  if (!found.ok) return found;
  const path = found.value.find(({ id }) => id === snapshot.id)?.path;
  if (path === undefined) return noSuchSnapshot(authDir, snapshot.id);
  const what = 'The snapshot could not be put in place';
  try {
    const [now, then] = await Promise.all([sealedFile(context, authDir), sealedFile(context, path)]);
    if (now === null && then === null) return plain.rollback(authDir, snapshot);
    const old = then === null ? null : await openSealed(context, path, then);
    if (old !== null && !old.ok) return old;
    if (now === null) return old === null ? ok(undefined) : unsealInto(context, authDir, path, old.value);
    const source = old === null ? treeSource(context.files, path) : sealedSource(context, path, old.value);
    const key = await keyFor(context, authDir, now, old?.value ?? null);
    if (!key.ok) return key;
    return withSealedWork(
      context,
      authDir,
      what,
      { key: key.value, sources: [source] },
      async (area, work) => {
        await putSealed(context, authDir, area, work, { keepOld: true });
      },
    );
  } catch (error) {
    return diskFailure(what, error);
  }
};

/** The key that the directory is sealed with now; where it can't be opened, to be mended by this, that of the snapshot. */
const keyFor = async (
  context: SealContext,
  authDir: string,
  now: NonNullable<Awaited<ReturnType<typeof sealedFile>>>,
  old: Look | null,
): Promise<Result<SealKey>> => {
  const looked = await lookInto(context, authDir, now, old === null);
  if (looked.ok) return ok(looked.value.opened.key);
  return old === null ? { ok: false, failure: looked.failure } : ok(old.opened.key);
};

const unsealInto = async (
  context: SealContext,
  authDir: string,
  from: string,
  look: Look,
): Promise<Result<void>> => {
  const opened = await begin(context, authDir);
  if (!opened.ok) return opened;
  const { area, work } = opened.value;
  const unpacked = await unpackSealed(context, from, look, work.tree);
  if (!unpacked.ok) {
    await endWork(context, area, work).catch(() => {});
    return unpacked;
  }
  const committed = await commitWork(context, authDir, area, work);
  return committed.ok ? ok(undefined) : committed;
};

/** Writes what is sealed in a directory in plain into an empty one. */
export const unpackSealed = (
  { files }: SealContext,
  from: string,
  { header, opened }: Look,
  to: string,
): ReturnType<typeof unpack> =>
  unpack(files, contentOf(files, join(from, sealedName), header, opened.fileKey), to, {
    leaveOut: [sealedName],
    signal: new AbortController().signal,
  });
