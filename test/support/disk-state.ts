import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';

/** Everything below a directory, as `path → what it is`: `0600 text`, `0700/` for a directory, `-> target` for a link. */
export const diskState = (root: string): Record<string, string> => {
  const state: Record<string, string> = {};
  const walk = (directory: string) => {
    for (const name of readdirSync(join(root, directory)).sort()) {
      const path = join(directory, name);
      const stats = lstatSync(join(root, path));
      const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
      if (stats.isSymbolicLink()) state[path] = `-> ${readlinkSync(join(root, path))}`;
      else if (stats.isDirectory()) {
        state[path] = `${mode}/`;
        walk(path);
      } else state[path] = `${mode} ${readFileSync(join(root, path), 'utf8')}`;
    }
  };
  walk('');
  return state;
};

/** Copies a tree with its modes and links, which is quicker than a process of `cp -a`. */
export const copyDisk = (from: string, to: string): void => {
  const stats = lstatSync(from);
  if (stats.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else if (stats.isDirectory()) {
    mkdirSync(to);
    for (const name of readdirSync(from)) copyDisk(join(from, name), join(to, name));
    chmodSync(to, stats.mode & 0o7777);
  } else {
    copyFileSync(from, to);
    chmodSync(to, stats.mode & 0o7777);
  }
};
