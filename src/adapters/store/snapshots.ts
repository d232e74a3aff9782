import { join } from 'node:path';
import { leaveOutTest } from '../../domain/capture-rules.ts';
import { defaultLeaveOut } from '../../domain/profile.ts';
import type { Snapshot } from '../../ports/auth-store.ts';
import { type FileSystem, unless } from './file-system.ts';
import { makeDirectory, removeTree, syncDirectory } from './private-files.ts';
import type { StoreContext } from './store-context.ts';
import { copyTree } from './tree.ts';
import type { Work, WorkArea } from './work-area.ts';

/** How many snapshots of an auth directory are kept. */
const kept = 5;

/** A snapshot's name is when it was taken, in UTC, without the colons that some file systems refuse. */
const idOf = (takenAt: number): string => new Date(takenAt).toISOString().replaceAll(':', '-');

const takenAtOf = (id: string): number => Date.parse(id.replace(/T(\d\d)-(\d\d)-(\d\d)/, 'T$1:$2:$3')) || 0;

/** The snapshots in these areas, newest first. */
export const listSnapshots = async (
  files: FileSystem,
  areas: readonly WorkArea[],
): Promise<readonly (Snapshot & { readonly path: string })[]> => {
  const found: (Snapshot & { readonly path: string })[] = [];
  for (const area of areas) {
    for (const id of (await unless(files.readdir(area.snapshots), 'ENOENT')) ?? []) {
      found.push({ id, takenAt: takenAtOf(id), path: join(area.snapshots, id) });
    }
  }
  return found.sort((a, b) => b.takenAt - a.takenAt);
};

/** Copies an auth directory, large caches left out, into a snapshot. It appears under its name only when it is whole. */
export const takeSnapshot = async (
  context: StoreContext,
  authDir: string,
  area: WorkArea,
  work: Work,
): Promise<Snapshot> => {
  const copy = join(work.path, 'snapshot');
  await removeTree(context.files, copy);
  await makeDirectory(context.files, copy);
  await copyTree(context.files, authDir, copy, leaveOutTest(defaultLeaveOut));
  return keepAsSnapshot(context, copy, area);
};

/** Moves a whole tree among the snapshots. */
export const keepAsSnapshot = async (
  { files, now }: StoreContext,
  tree: string,
  area: WorkArea,
): Promise<Snapshot> => {
  await makeDirectory(files, area.snapshots);
  const taken = new Set(await files.readdir(area.snapshots));
  let takenAt = now();
  while (taken.has(idOf(takenAt))) takenAt += 1;
  const id = idOf(takenAt);
  await files.rename(tree, join(area.snapshots, id));
  await syncDirectory(files, area.snapshots);
  return { id, takenAt };
};

/** Removes all but the newest snapshots of an area. */
export const pruneSnapshots = async (files: FileSystem, area: WorkArea): Promise<void> => {
  for (const { path } of (await listSnapshots(files, [area])).slice(kept)) await removeTree(files, path);
};
