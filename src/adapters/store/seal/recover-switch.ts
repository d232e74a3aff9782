import { join } from 'node:path';
import * as z from 'zod/mini';
import { ok, type Result } from '../../../domain/failure.ts';
import { sealedName } from '../../../domain/seal.ts';
import type { Recovery } from '../../../ports/auth-store.ts';
import { diskFailure } from '../disk-failure.ts';
import { errorCode, type FileSystem, unless } from '../file-system.ts';
import { readFileBounded, removeTree, syncDirectory, writeNewFile } from '../private-files.ts';
import { endWork, existingAreas, isUnderWay, listWork, type Work, type WorkArea } from '../work-area.ts';
import { type SealContext, sealedFile } from './look.ts';
import type { PackedFile } from './sealed-archive.ts';

const listName = 'plain.json';

const listSchema = z.object({
  outcome: z.enum(['finished', 'undone']),
  directories: z.array(z.string()),
  files: z.array(z.object({ path: z.string(), size: z.number(), modifiedAt: z.number() })),
});

/** Plain files of a login that are as good as gone once the sealed file is in place. */
export interface PlainList {
  /** What their removal makes of the change that they are part of: sealing is finished by it, unsealing undone. */
  readonly outcome: Recovery['outcome'];
  /** Outermost first. */
  readonly directories: readonly string[];
  readonly files: readonly PackedFile[];
}

/** Notes in a work which plain files of the auth directory are sealed, so that a recovery can remove them. */
export const noteList = ({ files }: SealContext, work: Work, list: PlainList): Promise<void> =>
  writeNewFile(files, join(work.path, listName), [Buffer.from(JSON.stringify(list))]);

/** Removes plain files that are as they were when they were listed, and directories that are empty then. Those that were changed since are left, and given. */
export const removePlain = async (
  files: FileSystem,
  root: string,
  { directories, files: listed }: PlainList,
): Promise<readonly string[]> => {
  const left: string[] = [];
  for (const { path, size, modifiedAt } of listed) {
    const found = await unless(files.lstat(join(root, path)), 'ENOENT', 'ENOTDIR');
    if (found === null) continue;
    if (found.size === size && found.mtimeMs === modifiedAt)
      await unless(files.unlink(join(root, path)), 'ENOENT');
    else left.push(path);
  }
  for (const path of [...directories].reverse())
    await unless(files.rmdir(join(root, path)), 'ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR');
  await syncDirectory(files, root);
  return left;
};

/** Removes everything of a snapshot but its sealed file. */
export const removeAllBut = async (files: FileSystem, directory: string, kept: string): Promise<void> => {
  for (const name of await files.readdir(directory))
    if (name !== kept) await removeTree(files, join(directory, name));
  await syncDirectory(files, directory);
};

const summaries: Readonly<Record<Recovery['outcome'], string>> = {
  finished: 'A sealing that was cut short has been finished: nothing of the login lies in plain any more',
  undone: 'An unsealing that was cut short has been undone: the login is sealed as before',
};

/** Ends a work that failed; one whose plain files may lie in the directory is left for a recovery. */
export const endUnlessListed = async (context: SealContext, area: WorkArea, work: Work): Promise<void> => {
  const list = context.files.lstat(join(work.path, listName));
  const listed = await list.then(
    () => true,
    (error: unknown) => errorCode(error) !== 'ENOENT',
  );
  if (listed) context.underWay.delete(work.id);
  else await endWork(context, area, work).catch(() => {});
};

/**
 * Goes on with a change between sealed and plain that was cut short: as long as the sealed file is in its place it is
 * the state, and the plain files that the work has listed go.
 */
export const finishSwitch = async (
  context: SealContext,
  authDir: string,
): Promise<Result<Recovery | null>> => {
  const { files } = context;
  try {
    const areas = await existingAreas(context, authDir);
    if (!areas.ok) return areas;
    let recovery: Recovery | null = null;
    for (const area of areas.value) {
      for (const id of (await unless(files.readdir(area.snapshots), 'ENOENT')) ?? []) {
        const path = join(area.snapshots, id);
        if ((await sealedFile(context, path)) !== null && (await files.readdir(path)).length > 1)
          await removeAllBut(files, path, sealedName);
      }
      for (const work of await listWork(files, area)) {
        const list = await readList(files, work);
        if (list === null || (await isUnderWay(context, work))) continue;
        const [there, toCome] = [await sealedFile(context, authDir), await sealedFile(context, work.tree)];
        if (there === null || toCome !== null) continue;
        await removePlain(files, authDir, list);
        const { outcome } = list;
        recovery = { outcome, summary: summaries[outcome] };
      }
    }
    return ok(recovery);
  } catch (error) {
    return diskFailure('What an earlier run had left half done could not be cleared up', error);
  }
};

const readList = async (files: FileSystem, work: Work): Promise<PlainList | null> => {
  const read = await unless(
    readFileBounded(files, join(work.path, listName), 64 * 1024 * 1024),
    'ENOENT',
    'ENOTDIR',
  );
  if (read?.kind !== 'content') return null;
  try {
    return z.parse(listSchema, JSON.parse(Buffer.from(read.content).toString()));
  } catch {
    return null;
  }
};
