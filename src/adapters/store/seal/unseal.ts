import { join } from 'node:path';
import { shownPath } from '../../../domain/capture-rules.ts';
import { fail, ok, type Result } from '../../../domain/failure.ts';
import { sealedName } from '../../../domain/seal.ts';
import { begin } from '../auth-store.ts';
import { diskFailure } from '../disk-failure.ts';
import { findObstacle, moveIn } from '../move-in.ts';
import { makeDirectories, syncDirectory } from '../private-files.ts';
import { listTree } from '../tree.ts';
import { endWork } from '../work-area.ts';
import { currentLook, type Look, type SealContext } from './look.ts';
import { endUnlessListed, noteList, removeAllBut } from './recover-switch.ts';
import { unpackSealed } from './roll-back.ts';
import { eachSnapshot } from './seal-snapshots.ts';
import { notSealed, packedFile } from './sealed-archive.ts';

/** Puts a directory and its snapshots back in plain. */
export const unseal = async (context: SealContext, authDir: string): Promise<Result<void>> => {
  const now = await currentLook(context, authDir);
  if (!now.ok) return now;
  if (now.value !== null) {
    const done = await unsealDirectory(context, authDir, now.value);
    if (!done.ok) return done;
  }
  const left = await eachSnapshot(context, authDir, async (path, look) => {
    if (look === null) return ok(undefined);
    // Beside the sealed file, which counts until it is removed.
    await removeAllBut(context.files, path, sealedName);
    const unpacked = await unpackSealed(context, path, look, path);
    if (!unpacked.ok) return unpacked;
    await syncDirectory(context.files, path);
    await context.files.unlink(join(path, sealedName));
    await syncDirectory(context.files, path);
    return ok(undefined);
  });
  if (!left.ok) return left;
  if (left.value === 0) await context.keys.keepOnly(authDir, null);
  return ok(undefined);
};

/** The plain files go in beside the sealed one, which is the state until its removal: one step. */
const unsealDirectory = async (context: SealContext, authDir: string, look: Look): Promise<Result<void>> => {
  const { files } = context;
  const opened = await begin(context, authDir);
  if (!opened.ok) return opened;
  const { area, work } = opened.value;
  try {
    const unpacked = await unpackSealed(context, authDir, look, work.tree);
    if (!unpacked.ok) {
      await endWork(context, area, work);
      return unpacked;
    }
    const tree = await listTree(files, work.tree);
    const obstacle =
      (await findObstacle(files, authDir, tree)) ?? (await inTheWay(context, authDir, tree.files));
    if (obstacle !== null) {
      await endWork(context, area, work);
      return fail(
        'directory.occupied',
        `${shownPath(authDir)} was not unsealed`,
        `"${shownPath(obstacle)}" lies in plain beside what is sealed`,
        'take it in with claude-setup profile seal, or move it away, then try again',
      );
    }
    const listed = await Promise.all(tree.files.map((path) => packedFile(files, work.tree, path)));
    await noteList(context, work, { outcome: 'undone', directories: tree.directories, files: listed });
    await makeDirectories(files, authDir);
    await moveIn(files, authDir, work);
    await files.unlink(join(authDir, sealedName));
    await syncDirectory(files, authDir);
    await endWork(context, area, work);
    return ok(undefined);
  } catch (error) {
    await endUnlessListed(context, area, work);
    return diskFailure(`${shownPath(authDir)} was not unsealed`, error);
  }
};

const inTheWay = async (
  { files }: SealContext,
  authDir: string,
  paths: readonly string[],
): Promise<string | null> => {
  const there = new Set((await listTree(files, authDir, notSealed)).files);
  return paths.find((path) => there.has(path)) ?? null;
};
