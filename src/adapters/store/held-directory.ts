import { constants } from 'node:fs';
import { join } from 'node:path';
import { type FileSystem, unless } from './file-system.ts';

/** A directory inside of an auth directory, as long as it is held. */
export interface HeldDirectory {
  /** Leads there, whatever its name is swapped for meanwhile. */
  readonly path: string;
  /** Takes the rights of others away. */
  closeToOthers(): Promise<void>;
}

/**
 * Holds a directory below a root and works in it. A container that mounts an auth directory may write into it, and could
 * swap a directory for a link between our look and our write: that a link is not gone through, a name can't promise, but
 * an open directory does. Fails with ELOOP or ENOTDIR when a link is there already. Where the system does not lead to
 * open files by a path, as on macOS, the name is looked at once more instead.
 */
export const holdDirectory = async <T>(
  files: FileSystem,
  root: string,
  directory: string,
  work: (held: HeldDirectory) => Promise<T>,
): Promise<T> => {
  const named = join(root, directory);
  const handle = await files.open(named, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    const opened = `/proc/self/fd/${handle.fd}`;
    const leads = await unless(files.readlink(opened), 'ENOENT', 'ENOTDIR', 'EACCES');
    const expected = join(await files.realpath(root), directory);
    if ((leads ?? (await files.realpath(named))) !== expected) throw linkAbove();
    return await work({
      path: leads === null ? named : opened,
      async closeToOthers() {
        if (((await handle.stat()).mode & 0o077) !== 0) await handle.chmod(0o700);
      },
    });
  } finally {
    await handle.close();
  }
};

const linkAbove = (): Error => Object.assign(new Error('ELOOP: a link in the path'), { code: 'ELOOP' });
