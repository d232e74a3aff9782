import { dirname, join, resolve } from 'node:path';
import { safeEntryPath, shownPath } from '../../domain/capture-rules.ts';
import { parseLogin } from '../../domain/credentials.ts';
import { fail, ok, type Result } from '../../domain/failure.ts';
import type { AuthStore, Snapshot, Staging } from '../../ports/auth-store.ts';
import type { TarStream } from '../../ports/tar-stream.ts';
import { directoriesAbove } from './archive-ledger.ts';
import { notTakenOver } from './archive-refusal.ts';
import { commitWork } from './commit.ts';
import { guardDirectory, inspectDirectory, unreadable } from './directory-guard.ts';
import { diskOf } from './disk.ts';
import { diskFailure } from './disk-failure.ts';
import { contentLimit, gatherFacts } from './facts.ts';
import { type FileSystem, unless } from './file-system.ts';
import { pendingWork } from './pending.ts';
import {
  makeDirectories,
  makeDirectory,
  readFileBounded,
  syncDirectory,
  writeNewFile,
} from './private-files.ts';
import { recoverDirectory } from './recover.ts';
import { listSnapshots } from './snapshots.ts';
import { type AuthStoreOptions, createStoreContext, type StoreContext } from './store-context.ts';
import { tightenDirectory } from './tighten.ts';
import { copyTree, moveInto } from './tree.ts';
import { unpack } from './unpack.ts';
import { beginWork, endWork, existingAreas, openArea, workOfTree } from './work-area.ts';

/** Auth directories on this machine's disk. Whatever writes is called under the profile's lock. */
export const createAuthStore = (options: AuthStoreOptions): AuthStore =>
  authStoreOn(createStoreContext(options));

/** The same on a context that is shared with what else works in the same directories. */
export const authStoreOn = (context: StoreContext): AuthStore => {
  const { files } = context;
  return {
    gather: (authDir) => gatherFacts(files, authDir),
    inspect: (authDir) => inspectDirectory(context, resolve(authDir)),
    stage: (authDir, tar, options) => stage(context, resolve(authDir), tar, options),
    commit: (staging) => {
      const { area, work } = workOfTree(staging.path);
      return commitWork(context, staging.authDir, area, work);
    },
    discard: async (staging) => {
      const { area, work } = workOfTree(staging.path);
      await endWork(context, area, work);
    },
    recover: (authDir) => recoverDirectory(context, resolve(authDir)),
    snapshots: async (authDir) => {
      const found = await findSnapshots(context, resolve(authDir));
      return found.ok ? ok(found.value.map(({ id, takenAt }) => ({ id, takenAt }))) : found;
    },
    rollback: (authDir, snapshot) => rollback(context, resolve(authDir), snapshot),
    readLogin: (authDir) => readLogin(files, authDir),
    write: (authDir, contents) => write(context, resolve(authDir), contents),
    disk: (authDir) => diskOf(files, resolve(authDir)),
    tighten: (authDir) => tightenDirectory(files, resolve(authDir)),
    pending: (authDir) => pendingWork(context, resolve(authDir)).catch(() => null),
  };
};

const stage = async (
  context: StoreContext,
  authDir: string,
  tar: TarStream,
  options: Parameters<AuthStore['stage']>[2],
): Promise<Result<Staging>> => {
  // It may break off at any time, also while nobody reads it yet; reading it says so then.
  tar.on('error', () => {});
  const opened = await begin(context, authDir);
  if (!opened.ok) {
    tar.destroy();
    return opened;
  }
  const { area, work } = opened.value;
  try {
    const unpacked = await unpack(context.files, tar, work.tree, options);
    if (!unpacked.ok) {
      await endWork(context, area, work);
      return unpacked;
    }
    await syncDirectory(context.files, work.tree);
    return ok({ id: work.id, authDir, path: work.tree, ...unpacked.value });
  } catch (error) {
    await endWork(context, area, work).catch(() => {});
    return diskFailure(notTakenOver, error);
  }
};

/** Begins a piece of work on an auth directory that is safe to write. */
export const begin = async (context: StoreContext, authDir: string) => {
  const guarded = await guardDirectory(context, authDir);
  if (!guarded.ok) return guarded;
  try {
    const area = await openArea(context, authDir);
    return area.ok ? ok({ area: area.value, work: await beginWork(context, area.value) }) : area;
  } catch (error) {
    return diskFailure(`${shownPath(authDir)} can't be written`, error);
  }
};

export const findSnapshots = async (context: StoreContext, authDir: string) => {
  try {
    const areas = await existingAreas(context, authDir);
    return areas.ok ? ok(await listSnapshots(context.files, areas.value)) : areas;
  } catch (error) {
    return unreadable(authDir, error);
  }
};

const rollback = async (context: StoreContext, authDir: string, { id }: Snapshot): Promise<Result<void>> => {
  const found = await findSnapshots(context, authDir);
  if (!found.ok) return found;
  const snapshot = found.value.find((candidate) => candidate.id === id);
  if (snapshot === undefined) return noSuchSnapshot(authDir, id);
  const opened = await begin(context, authDir);
  if (!opened.ok) return opened;
  const { area, work } = opened.value;
  try {
    await copyTree(context.files, snapshot.path, work.tree);
  } catch (error) {
    await endWork(context, area, work).catch(() => {});
    return diskFailure('The snapshot could not be read', error);
  }
  const committed = await commitWork(context, authDir, area, work);
  return committed.ok ? ok(undefined) : committed;
};

export const noSuchSnapshot = (authDir: string, id: string): Result<never> =>
  fail(
    'snapshot.missing',
    `${shownPath(authDir)} can't go back to ${id}`,
    'there is no such snapshot; the last five are kept',
    'choose one of those that are there',
  );

const readLogin: (files: FileSystem, authDir: string) => ReturnType<AuthStore['readLogin']> = async (
  files,
  authDir,
) => {
  const text = async (name: string): Promise<string | null> => {
    const path = join(authDir, name);
    const read = await unless(readFileBounded(files, path, contentLimit), 'ENOENT', 'ENOTDIR', 'ELOOP');
    return read?.kind === 'content' ? Buffer.from(read.content).toString() : null;
  };
  try {
    const [credentials, stateFile] = await Promise.all([text('.credentials.json'), text('.claude.json')]);
    return judgeLogin(authDir, credentials, stateFile);
  } catch (error) {
    return unreadable(authDir, error);
  }
};

/** A login from the text of its file, or why it is none. */
export const judgeLogin = (
  authDir: string,
  credentials: string | null,
  stateFile: string | null,
): Awaited<ReturnType<AuthStore['readLogin']>> => {
  if (credentials === null) {
    return fail(
      'login.missing',
      `There is no login in ${shownPath(authDir)}`,
      'it has no .credentials.json',
      'sign in: claude-setup login',
    );
  }
  const parsed = parseLogin(credentials);
  if (parsed.ok) return ok({ login: parsed.login, stateFile });
  return fail(
    'login.malformed',
    `The login in ${authDir} can't be used`,
    `of its .credentials.json, ${parsed.problem}`,
    'sign in again: claude-setup login',
  );
};

const write = async (
  context: StoreContext,
  authDir: string,
  contents: ReadonlyMap<string, string>,
): Promise<Result<void>> => {
  const { files } = context;
  const opened = await begin(context, authDir);
  if (!opened.ok) return opened;
  const { area, work } = opened.value;
  try {
    await makeDirectories(files, authDir);
    for (const [name, content] of contents) {
      const safe = safeEntryPath(name);
      if (!safe.ok) throw new Error(`"${name}" ${safe.problem}`);
      const target = join(authDir, safe.path);
      // No link is followed on the way, lest something that mounts the directory lead us elsewhere.
      for (const above of directoriesAbove(safe.path)) await makeDirectory(files, join(authDir, above));
      const draft = join(work.path, crypto.randomUUID());
      await writeNewFile(files, draft, [Buffer.from(content)]);
      await moveInto(files, draft, target, work.id);
      await syncDirectory(files, dirname(target));
    }
    return ok(undefined);
  } catch (error) {
    return diskFailure(`${shownPath(authDir)} can't be written`, error);
  } finally {
    await endWork(context, area, work).catch(() => {});
  }
};
