import { constants } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { shownPath, storeOwnPrefix } from '../../domain/capture-rules.ts';
import { fail, ok, type Result } from '../../domain/failure.ts';
import { errorCode, type FileSystem, unless } from './file-system.ts';
import {
  makeDirectories,
  makeDirectory,
  othersMayWrite,
  readFileBounded,
  removeTree,
  writeNewFile,
} from './private-files.ts';
import { hasEnded, type ProcessIdentity } from './process-identity.ts';
import type { StoreContext } from './store-context.ts';

/**
 * Where the store keeps what belongs to an auth directory but is not part of it, on the same file system so that a
 * rename is enough: `staging/ID/` (each piece of work with its owner), `snapshots/`, `journal.json`.
 *
 * It lies beside the auth directory as `.NAME.claude-setup`. Where nothing can be made there, or the auth directory is
 * a mount point, it lies inside as `.claude-setup`, which nothing that lists or copies the auth directory shows.
 */
export interface WorkArea {
  readonly path: string;
  readonly staging: string;
  readonly snapshots: string;
  readonly journal: string;
}

/** One piece of work under way, in a directory of its own. */
export interface Work {
  readonly id: string;
  readonly path: string;
  /** Shaped like an auth directory. */
  readonly tree: string;
}

const areaAt = (path: string): WorkArea => ({
  path,
  staging: join(path, 'staging'),
  snapshots: join(path, 'snapshots'),
  journal: join(path, 'journal.json'),
});

const areaPaths = (authDir: string) => ({
  beside: join(dirname(authDir), `.${basename(authDir)}${storeOwnPrefix}`),
  inside: join(authDir, storeOwnPrefix),
});

export const workAt = (area: WorkArea, id: string): Work => {
  const path = join(area.staging, id);
  return { id, path, tree: join(path, 'tree') };
};

/** The area and the work that a staging's path lies in. */
export const workOfTree = (tree: string): { readonly area: WorkArea; readonly work: Work } => {
  const path = dirname(tree);
  const area = areaAt(dirname(dirname(path)));
  return { area, work: workAt(area, basename(path)) };
};

/** The auth directory that a staging's tree or a snapshot is of; any other path is one itself. */
export const authDirOf = (path: string): string => {
  const [, areaPath = null] = /^(.*?)\/(?:staging\/[^/]+\/tree|snapshots\/[^/]+)$/.exec(path) ?? [];
  if (areaPath === null) return path;
  const [above, name] = [dirname(areaPath), basename(areaPath)];
  if (name === storeOwnPrefix) return above;
  return name.startsWith('.') && name.endsWith(storeOwnPrefix)
    ? join(above, name.slice(1, -storeOwnPrefix.length))
    : path;
};

/** The areas of an auth directory that are there. A refusal when one was not made by us. */
export const existingAreas = async (
  { files, uid }: StoreContext,
  authDir: string,
): Promise<Result<readonly WorkArea[]>> => {
  const areas: WorkArea[] = [];
  const { beside, inside } = areaPaths(authDir);
  for (const path of [beside, inside]) {
    const found = await unless(files.lstat(path), 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG');
    if (found === null) continue;
    if (!found.isDirectory() || othersMayWrite(found.mode) || (uid !== null && found.uid !== uid)) {
      return fail(
        'directory.unsafe',
        `${shownPath(authDir)} is no safe place for a login`,
        `${shownPath(path)} was not made by claude-setup for you: others may write into it`,
        'look at what it is and remove it, then run it again',
      );
    }
    areas.push(areaAt(path));
  }
  return ok(areas);
};

/** Makes the area of an auth directory, or finds the one that is there. */
export const openArea = async (context: StoreContext, authDir: string): Promise<Result<WorkArea>> => {
  const { files } = context;
  const existing = await existingAreas(context, authDir);
  if (!existing.ok) return existing;
  const { beside, inside } = areaPaths(authDir);
  const target = await unless(files.stat(authDir), 'ENOENT');
  if (target !== null) await files.access(authDir, constants.W_OK | constants.X_OK);
  await makeDirectories(files, dirname(authDir));
  const sameDevice = target === null || target.dev === (await files.stat(dirname(authDir))).dev;
  try {
    if (!sameDevice) throw Object.assign(new Error('a mount point'), { code: 'EXDEV' });
    await makeDirectory(files, beside);
    await files.access(beside, constants.W_OK);
    return ok(areaAt(beside));
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS', 'ENAMETOOLONG', 'EXDEV'].includes(errorCode(error) ?? '')) throw error;
    await makeDirectories(files, authDir);
    await makeDirectory(files, inside);
    return ok(areaAt(inside));
  }
};

const ownerFile = 'owner.json';

/** Begins a piece of work that names its owner, so that a recovery can tell whether it was left behind. */
export const beginWork = async (context: StoreContext, area: WorkArea): Promise<Work> => {
  const { files } = context;
  const work = workAt(area, crypto.randomUUID());
  context.underWay.add(work.id);
  try {
    await makeDirectory(files, area.staging);
    await makeDirectory(files, work.path);
    const owner = JSON.stringify(await context.identity());
    await writeNewFile(files, join(work.path, ownerFile), [Buffer.from(owner)]);
    await makeDirectory(files, work.tree);
    return work;
  } catch (error) {
    await endWork(context, area, work).catch(() => {});
    throw error;
  }
};

/** Removes a piece of work, and the area when nothing is left in it. */
export const endWork = async (context: StoreContext, area: WorkArea, work: Work): Promise<void> => {
  // Also when it can't be removed: then a recovery has to.
  context.underWay.delete(work.id);
  await removeTree(context.files, work.path);
  await tidyArea(context.files, area);
};

/** Removes what is empty of an area. */
export const tidyArea = async (files: FileSystem, area: WorkArea): Promise<void> => {
  for (const path of [area.staging, area.snapshots, area.path]) {
    await unless(files.rmdir(path), 'ENOENT', 'ENOTEMPTY', 'EEXIST');
  }
};

/** Whether someone is at work on it right now: this store, or another process that has not ended. */
export const isUnderWay = async (context: StoreContext, work: Work): Promise<boolean> => {
  if (context.underWay.has(work.id)) return true;
  const owner = await readOwner(context.files, work);
  if (owner === null) return false;
  const own = await context.identity();
  const mine = owner.pid === own.pid && owner.started === own.started && owner.place === own.place;
  return !mine && !(await hasEnded(owner));
};

const readOwner = async (files: FileSystem, work: Work): Promise<ProcessIdentity | null> => {
  const read = await unless(readFileBounded(files, join(work.path, ownerFile), 4096), 'ENOENT');
  if (read?.kind !== 'content') return null;
  try {
    return asIdentity(JSON.parse(Buffer.from(read.content).toString()));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};

const asIdentity = (value: unknown): ProcessIdentity | null => {
  if (typeof value !== 'object' || value === null) return null;
  if (!('pid' in value && 'started' in value && 'place' in value)) return null;
  const { pid, started, place } = value;
  if (typeof pid !== 'number' || typeof place !== 'string') return null;
  if (started !== null && typeof started !== 'string') return null;
  return { pid, started, place };
};

/** Everything that is under an area's staging. */
export const listWork = async (files: FileSystem, area: WorkArea): Promise<readonly Work[]> =>
  ((await unless(files.readdir(area.staging), 'ENOENT')) ?? []).map((id) => workAt(area, id));
