import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { shownPath, storeOwnPrefix } from '../../domain/capture-rules.ts';
import { fail, ok, type Result } from '../../domain/failure.ts';
import type { Owner } from '../../domain/publication.ts';
import type { PublishedDirectories } from '../../ports/published.ts';
import { guardDirectory } from './directory-guard.ts';
import { diskFailure } from './disk-failure.ts';
import { errorCode, type FileSystem, unless } from './file-system.ts';
import { makeDirectories, syncDirectory } from './private-files.ts';
import { type AuthStoreOptions, createStoreContext } from './store-context.ts';

const credentials = '.credentials.json';
const readLimit = 1024 * 1024;

/** Directories on this machine's disk that containers mount. Whatever writes is called under the profile's lock. */
export const createPublishedDirectories = (options: AuthStoreOptions): PublishedDirectories => {
  // Whose the directory may be is judged here: with root's help it is often a container's user.
  const context = createStoreContext({ ...options, uid: null });
  const { files } = context;
  const look = async (directory: string) => {
    const guarded = await guardDirectory(context, directory);
    if (!guarded.ok) return guarded;
    const read = (name: string) => (guarded.value === null ? null : readOwn(files, join(directory, name)));
    try {
      const owner = guarded.value === null ? null : { uid: guarded.value.uid, gid: guarded.value.gid };
      const [login, stateFile] = [await read(credentials), await read('.claude.json')];
      return ok({ directory: await realPath(files, directory), owner, credentials: login, stateFile });
    } catch (error) {
      return diskFailure(`${shownPath(directory)} was not read`, error);
    }
  };
  return {
    look: (directory) => look(resolve(directory)),
    realPath: (path) => realPath(files, resolve(path)),
    async write(given, contents, owner) {
      const directory = resolve(given);
      const what = `Nothing was published to ${shownPath(directory)}`;
      try {
        const guarded = await guardDirectory(context, directory);
        if (!guarded.ok) return guarded;
        const mine = ownerOf(options.uid, guarded.value, owner);
        if (mine !== null && !mayGive(options.uid, mine)) return notGiven(what, mine.uid);
        const others = await otherUse(files, directory, guarded.value, mine);
        if (others !== null) return occupied(what, others);
        await makeDirectories(files, directory);
        await closeDirectory(files, directory, mine);
        await sweep(files, directory);
        for (const [name, content] of inOrder(contents)) await replace(files, directory, name, content, mine);
        await syncDirectory(files, directory);
        return ok(undefined);
      } catch (error) {
        if (errorCode(error) === 'EPERM' && owner !== null) return notGiven(what, owner.uid);
        return diskFailure(what, error);
      }
    },
    async remove(given, names) {
      const directory = resolve(given);
      try {
        for (const name of names) await unless(files.unlink(join(directory, name)), 'ENOENT', 'ENOTDIR');
        if (names.length > 0) await unless(syncDirectory(files, directory), 'ENOENT', 'ENOTDIR');
        return ok(undefined);
      } catch (error) {
        return diskFailure(`What was published to ${shownPath(directory)} was not removed`, error);
      }
    },
  };
};

/** What a path leads to; the part of it that is not there is taken as it is. */
const realPath = async (files: FileSystem, path: string): Promise<string> => {
  const found = await unless(files.realpath(path), 'ENOENT', 'ENOTDIR', 'EACCES');
  if (found !== null || dirname(path) === path) return found ?? path;
  return join(await realPath(files, dirname(path)), basename(path));
};

/** Null where the system knows no owners. */
const ownerOf = (uid: number | null, directory: Stats | null, asked: Owner | null): Owner | null => {
  if (asked !== null) return asked;
  return uid === null || directory === null ? null : { uid: directory.uid, gid: directory.gid };
};

const mayGive = (uid: number | null, { uid: wanted }: Owner): boolean => uid === 0 || uid === wanted;

/**
 * Names in a directory whose mode or owner would have to change, although no login was ever in it: it is in use for
 * something else. Null when nothing speaks against it.
 */
const otherUse = async (
  files: FileSystem,
  directory: string,
  stats: Stats | null,
  owner: Owner | null,
): Promise<readonly string[] | null> => {
  if (stats === null) return null;
  const given = owner !== null && (owner.uid !== stats.uid || owner.gid !== stats.gid);
  if ((stats.mode & 0o777) === 0o700 && !given) return null;
  const names = await files.readdir(directory);
  return names.length === 0 || names.includes(credentials) || names.includes('.claude.json') ? null : names;
};

const occupied = (what: string, names: readonly string[]): Result<never> =>
  fail(
    'directory.occupied',
    what,
    `it holds other things (${names.slice(0, 3).map(shownPath).join(', ')}), and would have to be closed to others or given away`,
    'name a directory of its own for the login, or set its owner and mode 0700 yourself',
  );

const notGiven = (what: string, uid: number): Result<never> =>
  fail(
    'publish.owner',
    what,
    `the files would have to belong to user ${uid}, and only root can give files away`,
    'have the container run as your user and the directory be yours, or keep the profile as root',
  );

/** What another one than a regular file holds, such as the target of a link that a container put there, is not looked at. */
const readOwn = async (files: FileSystem, path: string): Promise<string | null> => {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
  if (!(await unless(files.lstat(path), 'ENOENT'))?.isFile()) return null;
  const handle = await unless(files.open(path, flags), 'ENOENT', 'ELOOP', 'ENXIO');
  if (handle === null) return null;
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > readLimit) return null;
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
};

/** Closes the directory to others before anything secret is in it. */
const closeDirectory = async (files: FileSystem, directory: string, owner: Owner | null): Promise<void> => {
  const handle = await files.open(
    directory,
    constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW,
  );
  try {
    const { mode, uid, gid } = await handle.stat();
    if ((mode & 0o777) !== 0o700) await handle.chmod(0o700);
    if (owner !== null && (owner.uid !== uid || owner.gid !== gid)) await handle.chown(owner.uid, owner.gid);
  } finally {
    await handle.close();
  }
};

const draftName = /^\.claude-setup-published-[0-9a-f-]{36}$/;

/** Removes what a process that was killed while it wrote has left. */
const sweep = async (files: FileSystem, directory: string): Promise<void> => {
  for (const name of await files.readdir(directory))
    if (draftName.test(name)) await unless(files.unlink(join(directory, name)), 'ENOENT', 'EISDIR', 'EPERM');
};

const inOrder = (contents: ReadonlyMap<string, string>): readonly (readonly [string, string])[] =>
  [...contents].toSorted(([a], [b]) => Number(a === credentials) - Number(b === credentials));

/** A reader sees the old file or the whole new one. */
const replace = async (
  files: FileSystem,
  directory: string,
  name: string,
  content: string,
  owner: Owner | null,
): Promise<void> => {
  const draft = join(directory, `${storeOwnPrefix}-published-${randomUUID()}`);
  const handle = await files.open(draft, 'wx', 0o600);
  try {
    await handle.chmod(0o600);
    const { uid, gid } = await handle.stat();
    await handle.writeFile(content);
    if (owner !== null && (owner.uid !== uid || owner.gid !== gid)) await handle.chown(owner.uid, owner.gid);
    await handle.sync();
    await files.rename(draft, join(directory, name));
  } catch (error) {
    await unless(files.unlink(draft), 'ENOENT');
    throw error;
  } finally {
    await handle.close();
  }
};
