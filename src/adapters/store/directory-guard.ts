import type { Stats } from 'node:fs';
import { basename, dirname } from 'node:path';
import { shownPath, storeOwnPrefix } from '../../domain/capture-rules.ts';
import { fail, ok, type Result } from '../../domain/failure.ts';
import { sealedName } from '../../domain/seal.ts';
import { shellQuoted } from '../../domain/shell.ts';
import type { DirectoryUse } from '../../ports/auth-store.ts';
import { errorCode, type FileSystem, unless } from './file-system.ts';
import { othersMayWrite } from './private-files.ts';
import type { StoreContext } from './store-context.ts';

/** An auth directory that may be written: its metadata, or null when it is not there yet. */
export type Guarded = Result<Stats | null>;

const inShell = (path: string): string => shellQuoted(shownPath(path));

const unsafe = (path: string, why: string, fix: string): Result<never> =>
  fail('directory.unsafe', `${shownPath(path)} is no safe place for a login`, why, fix);

/**
 * Refuses an auth directory that is a link (give its real path), that is not ours, or that others can write into or
 * swap for another one. A directory above it may be a link, as on macOS.
 */
export const guardDirectory = async ({ files, uid }: StoreContext, authDir: string): Promise<Guarded> => {
  try {
    const found = await unless(files.lstat(authDir), 'ENOENT');
    const above = await nearestAbove(files, authDir);
    if (!above.isDirectory()) {
      return unsafe(authDir, 'something above it is not a directory', 'choose another directory');
    }
    if ((above.mode & 0o1002) === 0o002) {
      return unsafe(
        authDir,
        'everybody may write into the directory above it',
        `choose another directory, or take that right away: chmod o-w ${inShell(dirname(authDir))}`,
      );
    }
    if (found === null) return ok(null);
    if (found.isSymbolicLink()) {
      const real = await files.realpath(authDir).catch(() => null);
      return unsafe(
        authDir,
        'it is a link',
        real === null
          ? 'choose another directory'
          : `give the directory that it leads to: ${shownPath(real)}`,
      );
    }
    if (!found.isDirectory()) return unsafe(authDir, 'it is not a directory', 'choose another directory');
    if (othersMayWrite(found.mode)) {
      return unsafe(authDir, 'others may write into it', `chmod 700 ${inShell(authDir)}`);
    }
    if (uid !== null && found.uid !== uid) {
      return unsafe(
        authDir,
        `it belongs to user ${found.uid}, not to you`,
        `choose another directory, or make it yours: sudo chown -R ${uid} ${inShell(authDir)}`,
      );
    }
    return ok(found);
  } catch (error) {
    return unreadable(authDir, error);
  }
};

/** What a directory is used for. `not-a-directory` is an answer; everything that makes it unsafe is a failure. */
export const inspectDirectory = async (
  context: StoreContext,
  authDir: string,
): Promise<Result<DirectoryUse>> => {
  const { files } = context;
  try {
    const found = await unless(files.lstat(authDir), 'ENOENT', 'ENOTDIR');
    if (found !== null && !found.isDirectory() && !found.isSymbolicLink())
      return ok({ kind: 'not-a-directory' });
    const guarded = await guardDirectory(context, authDir);
    if (!guarded.ok) return guarded;
    if (guarded.value === null) return ok({ kind: 'missing' });
    const names = (await files.readdir(authDir)).filter((name) => !name.startsWith(storeOwnPrefix)).sort();
    if (names.length === 0) return ok({ kind: 'empty' });
    if (['.credentials.json', '.claude.json', sealedName].some((name) => names.includes(name)))
      return ok({ kind: 'captured' });
    return ok({ kind: 'occupied', names: names.slice(0, 5) });
  } catch (error) {
    return unreadable(authDir, error);
  }
};

/** An error of the file system while only looking. Anything else is a bug and thrown on. */
export const unreadable = (path: string, error: unknown): ReturnType<typeof fail> => {
  const code = errorCode(error);
  if (code === null) throw error;
  return fail(
    'directory.unreadable',
    `${shownPath(path)} can't be read`,
    code === 'EACCES' || code === 'EPERM' ? 'you may not look into it' : `the system answered ${code}`,
    `make it yours and readable: ls -ld ${inShell(dirname(path))} ${inShell(path)}`,
  );
};

const nearestAbove = async (files: FileSystem, path: string): Promise<Stats> => {
  const above = dirname(path);
  const found = await unless(files.stat(above), 'ENOENT');
  if (found !== null) return found;
  if (basename(above) === '') throw new Error(`no directory above ${path}`);
  return nearestAbove(files, above);
};
