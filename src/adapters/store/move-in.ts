import { basename, dirname, join } from 'node:path';
import { type FileSystem, unless } from './file-system.ts';
import { holdDirectory } from './held-directory.ts';
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
  // Nothing can be in the way of what goes into a directory that is not there yet.
  const missing = new Set<string>();
  for (const path of tree.directories) {
    const found = missing.has(dirname(path))
      ? null
      : await unless(files.lstat(join(authDir, path)), 'ENOENT');
    if (found === null) missing.add(path);
    else if (!found.isDirectory()) return path;
  }
  for (const path of tree.files) {
    if (missing.has(dirname(path))) continue;
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
  const touched = new Set(['.']);
  await holdDirectory(files, authDir, '.', (held) => held.closeToOthers());
  for (const path of tree.directories) {
    // The CLI makes its directories 0755; once captured they are ours alone.
    const made = await holdDirectory(files, authDir, dirname(path), (held) =>
      makeDirectory(files, join(held.path, basename(path))),
    );
    if (made) touched.add(dirname(path));
    else await holdDirectory(files, authDir, path, (held) => held.closeToOthers());
  }
  for (const [directory, paths] of byDirectory(inOrder(tree.files))) {
    await holdDirectory(files, authDir, directory, async (held) => {
      for (const path of paths)
        await moveInto(files, join(work.tree, path), join(held.path, basename(path)), work.id);
    });
    touched.add(directory);
  }
  for (const directory of touched) await syncDirectory(files, join(authDir, directory));
};

/** Paths that follow one another and lie in the same directory, together. */
const byDirectory = (paths: readonly string[]): readonly (readonly [string, readonly string[]])[] => {
  const groups: [string, string[]][] = [];
  for (const path of paths) {
    const last = groups.at(-1);
    if (last?.[0] === dirname(path)) last[1].push(path);
    else groups.push([dirname(path), [path]]);
  }
  return groups;
};
