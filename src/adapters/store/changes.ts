import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Changes } from '../../ports/changes.ts';

/**
 * What a check looks at in an auth directory. The directory itself changes with every file that is made, removed or
 * replaced by rename; the files are for what is written in place, and for what a link leads to.
 */
const watched = ['.', '.credentials.json', '.claude.json', 'settings.json', 'oauth-token'];

/**
 * Looks at the metadata, on request. Not `fs.watch`: it tells nothing on network file systems and on the shared folders
 * of Docker Desktop, and a thousand directories may be more than the system lets one process watch.
 */
export const createChanges = ({ home }: { readonly home: string }): Changes => {
  const marks = async (paths: readonly string[]): Promise<string> =>
    (await Promise.all(paths.map(markOf))).join(' ');
  return {
    settings: () => marks([join(home, 'config.json')]),
    profile: ({ name, authDir }) =>
      marks([...watched.map((path) => join(authDir, path)), join(home, 'state', `${name}.json`)]),
  };
};

/** The time of the inode covers content, mode, owner and name; a file in the place of another has another inode. */
const markOf = (path: string): Promise<string> =>
  stat(path, { bigint: true }).then(
    ({ ino, ctimeNs, size }) => `${ino}:${ctimeNs}:${size}`,
    (error: NodeJS.ErrnoException) => error.code ?? 'unknown',
  );
