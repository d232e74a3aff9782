import { constants } from 'node:fs';
import { lstat, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { fail, ok, type Result } from '../../domain/failure.ts';
import { type SignInMethod, signInMethods } from '../../domain/profile.ts';
import type { RemoteStat, SignInRun } from '../../ports/runtime.ts';
import type { Session } from '../../ports/session.ts';
import type { ProcessIdentity } from '../store/process-identity.ts';
import { folderTar } from './folder-tar.ts';
import { endProcess } from './processes.ts';

/** What is written beside a run's folders, so that another process can find it again. */
export interface RunJournal {
  readonly profile: string;
  readonly method: SignInMethod;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The program on the terminal. */
  readonly program: ProcessIdentity;
  /** The process of ours that holds the terminal. */
  readonly owner: ProcessIdentity;
}

const journalName = 'run.json';

/** A sign-in in a folder of this host. Its files stay until `remove`, whatever becomes of this process. */
export const createFolderRun = (folder: string, journal: RunJournal, session: Session | null): SignInRun => {
  const config = join(folder, 'config');
  // Paths come from our own code; still nothing outside of the folder is ever looked at.
  const inside = (path: string): string => join(config, normalize(`/${path}`));
  return {
    id: folder,
    profile: journal.profile,
    method: journal.method,
    startedAt: journal.startedAt,
    session,
    async stat(path) {
      try {
        return ok(toRemoteStat(await lstat(inside(path))));
      } catch (error) {
        return missingOr(error, path);
      }
    },
    async read(path, limit) {
      try {
        return ok(await readUpTo(inside(path), limit));
      } catch (error) {
        return missingOr(error, path);
      }
    },
    async download(signal) {
      return ok(folderTar(config, signal));
    },
    async remove() {
      if (session === null) await endProcess(journal.program);
      else {
        await session.kill('SIGKILL');
        await session.ended;
      }
      try {
        await rm(folder, { recursive: true, force: true, maxRetries: 3 });
        return ok(undefined);
      } catch (error) {
        return fail(
          'disk.error',
          `${folder} was not removed`,
          String((error as Error).message),
          'remove it by hand: it holds a login',
        );
      }
    },
  };
};

/** Writes the journal, whole or not at all. */
export const writeJournal = async (folder: string, journal: RunJournal): Promise<Result<void>> => {
  const path = join(folder, journalName);
  try {
    await writeFile(`${path}.new`, JSON.stringify(journal), { mode: 0o600 });
    await rename(`${path}.new`, path);
    return ok(undefined);
  } catch (error) {
    const why = String((error as Error).message);
    return fail(
      'disk.error',
      'The sign-in did not start',
      why,
      'free some space for the settings, then try again',
    );
  }
};

/** The journal of a run's folder; null when there is none that can be read. */
export const readJournal = async (folder: string): Promise<RunJournal | null> => {
  try {
    const journal = JSON.parse(await readFile(join(folder, journalName), 'utf8')) as Partial<RunJournal>;
    const method = signInMethods.find((known) => known === journal.method);
    if (typeof journal.profile !== 'string' || typeof journal.startedAt !== 'number' || !method) return null;
    const { profile, startedAt, program, owner } = journal;
    return program && owner ? { profile, method, startedAt, program, owner } : null;
  } catch {
    return null;
  }
};

const toRemoteStat = (found: Awaited<ReturnType<typeof lstat>>): RemoteStat => ({
  kind: found.isFile()
    ? 'file'
    : found.isDirectory()
      ? 'directory'
      : found.isSymbolicLink()
        ? 'link'
        : 'other',
  mode: Number(found.mode) & 0o7777,
  size: Number(found.size),
  modifiedAt: Number(found.mtimeMs),
});

export const readUpTo = async (path: string, limit: number): Promise<Uint8Array | null> => {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) return null;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(limit, (await file.stat()).size)));
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/** Null for what is not there; a failure otherwise. */
export const missingOr = (error: unknown, path: string): Result<null> => {
  const { code, message } = error as NodeJS.ErrnoException;
  // ELOOP: a link, which is not followed.
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return ok(null);
  return fail('disk.error', `${path} was not read`, message, 'try again');
};
