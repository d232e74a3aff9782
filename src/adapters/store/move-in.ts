import { dirname, join } from 'node:path';
import { type FileSystem, unless } from './file-system.ts';
import { makeDirectory, syncDirectory } from './private-files.ts';
import { listTree, moveInto, type TreeList } from './tree.ts';
import type { Work } from './work-area.ts';

/** These go last, in this order: with the last one the login is the new one. */
const last = ['.claude.json', '.credentials.json'];

const inOrder = (paths: readonly string[]): readonly string[] =>
  [...paths].sort((a, b) => last.indexOf(a) - last.indexOf(b));

/**
 * The first path of a tree that can't be moved into an auth directory because something of another type, or a link, has
 * its place there; null when all can. Nothing of a person's is ever removed to make room.
 */
export const findObstacle = async (
  files: FileSystem,
  authDir: string,
  tree: TreeList,
): Promise<string | null> => {
  for (const path of tree.directories) {
    const found = await unless(files.lstat(join(authDir, path)), 'ENOENT');
    if (found !== null && !found.isDirectory()) return path;
  }
  for (const path of tree.files) {
    const found = await unless(files.lstat(join(authDir, path)), 'ENOENT');
    if (found?.isDirectory() && (await files.readdir(join(authDir, path))).length > 0) return path;
  }
  return null;
};

/**
 * Moves what is in a work's tree into the auth directory, the login last, and makes it last. Doing it again goes on
 * where it was cut short.
 */
export const moveIn = async (files: FileSystem, authDir: string, work: Work): Promise<void> => {
  const tree = await listTree(files, work.tree);
  const touched = new Set([authDir]);
  await closeToOthers(files, authDir);
  for (const path of tree.directories) {
    const directory = join(authDir, path);
    if (await makeDirectory(files, directory)) touched.add(dirname(directory));
    else await closeToOthers(files, directory);
  }
  for (const path of inOrder(tree.files)) {
    await moveInto(files, join(work.tree, path), join(authDir, path), work.id);
    touched.add(dirname(join(authDir, path)));
  }
  for (const path of touched) await syncDirectory(files, path);
};

/** The CLI makes its directories 0755; once captured they are ours alone. */
const closeToOthers = async (files: FileSystem, directory: string): Promise<void> => {
  if (((await files.lstat(directory)).mode & 0o077) !== 0) await files.chmod(directory, 0o700);
};
