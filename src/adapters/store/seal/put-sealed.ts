import { join } from 'node:path';
import { ok, type Result } from '../../../domain/failure.ts';
import { sealedName } from '../../../domain/seal.ts';
import type { Snapshot } from '../../../ports/auth-store.ts';
import { begin } from '../auth-store.ts';
import { diskFailure } from '../disk-failure.ts';
import { makeDirectories, makeDirectory, removeTree, syncDirectory } from '../private-files.ts';
import { keepAsSnapshot, pruneSnapshots } from '../snapshots.ts';
import { copyEntry, moveInto } from '../tree.ts';
import { endWork, type Work, type WorkArea } from '../work-area.ts';
import { contentOf, type SealKey } from './age-file.ts';
import type { Look, SealContext } from './look.ts';
import { endUnlessListed } from './recover-switch.ts';
import { archiveSource, type Source, sealInto } from './sealed-archive.ts';

/**
 * Makes the sealed file of a work's tree that of the auth directory, in one rename: before it the state is wholly the
 * old one, after it wholly the new one. What was there becomes a snapshot where that is asked for.
 */
export const putSealed = async (
  context: SealContext,
  authDir: string,
  area: WorkArea,
  work: Work,
  { keepOld }: { readonly keepOld: boolean },
): Promise<Snapshot | null> => {
  const { files } = context;
  await makeDirectories(files, authDir);
  const target = join(authDir, sealedName);
  const snapshot = keepOld ? await snapshotOf(context, target, area, work) : null;
  await moveInto(files, join(work.tree, sealedName), target, work.id);
  await syncDirectory(files, authDir);
  if (snapshot !== null) await pruneSnapshots(files, area);
  return snapshot;
};

const snapshotOf = async (context: SealContext, sealed: string, area: WorkArea, work: Work) => {
  const { files } = context;
  const copy = join(work.path, 'snapshot');
  await removeTree(files, copy);
  await makeDirectory(files, copy);
  if (!(await copyEntry(files, sealed, join(copy, sealedName)))) return null;
  await syncDirectory(files, copy);
  return keepAsSnapshot(context, copy, area);
};

/** A sealed directory as a source for another sealed file. */
export const sealedSource = (context: SealContext, directory: string, { header, opened }: Look): Source =>
  archiveSource(() => contentOf(context.files, join(directory, sealedName), header, opened.fileKey));

/** Seals sources into a new piece of work on an auth directory, and does `then` with it. The work is ended on every way out but a staging. */
export const withSealedWork = async <T>(
  context: SealContext,
  authDir: string,
  what: string,
  { key, sources }: { readonly key: SealKey; readonly sources: readonly Source[] },
  then: (area: WorkArea, work: Work, packed: { files: number; bytes: number }) => Promise<T>,
  { keep = false } = {},
): Promise<Result<T>> => {
  const opened = await begin(context, authDir);
  if (!opened.ok) return opened;
  const { area, work } = opened.value;
  const end = () => endWork(context, area, work).catch(() => {});
  try {
    const sealed = await sealInto(context.files, join(work.tree, sealedName), key, sources);
    if (!sealed.ok) {
      await end();
      return sealed;
    }
    await syncDirectory(context.files, work.tree);
    const done = ok(await then(area, work, sealed.value));
    if (!keep) await end();
    return done;
  } catch (error) {
    await endUnlessListed(context, area, work);
    return diskFailure(what, error);
  }
};
