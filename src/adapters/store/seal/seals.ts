import { join, resolve } from 'node:path';
import { shownPath } from '../../../domain/capture-rules.ts';
import { fail, ok, type Result } from '../../../domain/failure.ts';
import { sealedName } from '../../../domain/seal.ts';
import type { AuthStore } from '../../../ports/auth-store.ts';
import type { ChangeKeyOptions, Sealed, SealOptions, Seals } from '../../../ports/seals.ts';
import { begin, findSnapshots } from '../auth-store.ts';
import { diskFailure } from '../disk-failure.ts';
import type { FileSystem } from '../file-system.ts';
import { findObstacle, moveIn } from '../move-in.ts';
import { makeDirectories, syncDirectory } from '../private-files.ts';
import { listTree } from '../tree.ts';
import { endWork } from '../work-area.ts';
import { readHeader, type SealKey } from './age-file.ts';
import { type Look, lookInto, openSealed, type SealContext, sealedFile } from './look.ts';
import { putSealed, sealedSource, withSealedWork } from './put-sealed.ts';
import { endUnlessListed, noteList, type PlainList, removeAllBut, removePlain } from './recover-switch.ts';
import { unpackSealed } from './roll-back.ts';
import { notSealed, type PackedFile, type Source, sealInto, treeSource } from './sealed-archive.ts';

export const createSeals = (context: SealContext, store: AuthStore): Seals => ({
  async keyOf(authDir) {
    if ((await sealedFile(context, authDir).catch(() => null)) === null) return null;
    // What can't be read is sealed all the same; a passphrase is the guess that asks for nothing else.
    const header = await readHeader(context.files, join(authDir, sealedName)).catch(() => null);
    return header?.kind ?? 'passphrase';
  },
  seal: (authDir, options) =>
    guarded(`${shownPath(authDir)} was not sealed`, () => seal(context, resolve(authDir), options)),
  unseal: (authDir) =>
    guarded(`${shownPath(authDir)} was not unsealed`, () => unseal(context, resolve(authDir))),
  changeKey: (authDir, options) =>
    guarded(`The key of ${shownPath(authDir)} was not changed`, () =>
      changeKey(context, resolve(authDir), options),
    ),
  async unlock(authDir) {
    const read = await store.readLogin(authDir);
    const locked = !read.ok && (read.failure.code === 'seal.locked' || read.failure.code === 'seal.damaged');
    return locked ? read : ok(undefined);
  },
  onAsk: (ask) => context.keys.onAsk(ask),
});

const guarded = async <T>(what: string, work: () => Promise<Result<T>>): Promise<Result<T>> => {
  try {
    return await work();
  } catch (error) {
    return diskFailure(what, error);
  }
};

/** The look into a directory that is sealed; null when it is not. */
const current = async (context: SealContext, directory: string): Promise<Result<Look | null>> => {
  const stats = await sealedFile(context, directory);
  return stats === null ? ok(null) : openSealed(context, directory, stats);
};

const seal = async (
  context: SealContext,
  authDir: string,
  { key: kind }: SealOptions,
): Promise<Result<Sealed>> => {
  const now = await current(context, authDir);
  if (!now.ok) return now;
  const created = now.value === null ? await context.keys.create(authDir, kind) : ok(now.value.opened.key);
  if (!created.ok) return created;
  const key = created.value;
  // Once the directory is sealed, nothing is left to do that takes a key, should it be cut short.
  const snapshotsLeft = await eachSnapshot(context, authDir, (path, look) =>
    look === null
      ? replaceSnapshot(context, authDir, path, key, treeSource(context.files, path))
      : ok(undefined),
  );
  if (!snapshotsLeft.ok) return snapshotsLeft;
  const packed: PackedFile[] = [];
  const plain = treeSource(context.files, authDir, packed);
  const sources = now.value === null ? [plain] : [plain, sealedSource(context, authDir, now.value)];
  const tree = await listTree(context.files, authDir, notSealed);
  if (now.value !== null && tree.files.length === 0)
    return ok({ key: key.kind, leftPlain: [], snapshotsLeft: snapshotsLeft.value });
  const what = `${shownPath(authDir)} was not sealed`;
  const sealed = await withSealedWork(context, authDir, what, { key, sources }, async (area, work) => {
    const list: PlainList = {
      outcome: 'finished',
      directories: tree.directories,
      files: [...packed, ...(await drafts(context, authDir))],
    };
    const proof = await proven(context, work.tree, packed);
    if (!proof.ok) return proof;
    await noteList(context, work, list);
    await putSealed(context, authDir, area, work, { keepOld: false });
    return ok(await removePlain(context.files, authDir, list));
  });
  if (!sealed.ok) return sealed;
  if (!sealed.value.ok) return sealed.value;
  return ok({ key: key.kind, leftPlain: sealed.value.value, snapshotsLeft: snapshotsLeft.value });
};

/** What the CLI leaves when it is killed while it writes: never captured, and full of tokens. */
const drafts = async ({ files }: SealContext, authDir: string): Promise<readonly PackedFile[]> => {
  const tree = await listTree(files, authDir, (path) => !/^\.(?:credentials|claude)\.json\.tmp\./.test(path));
  return Promise.all(tree.files.map((path) => packedFile(files, authDir, path)));
};

const packedFile = async (files: FileSystem, root: string, path: string): Promise<PackedFile> => {
  const { size, mtimeMs } = await files.lstat(join(root, path));
  return { path, size, modifiedAt: mtimeMs };
};

/** Nothing plain is removed before what was sealed has been opened again and is all there. */
const proven = async (
  context: SealContext,
  tree: string,
  packed: readonly PackedFile[],
): Promise<Result<void>> => {
  const look = await current(context, tree);
  if (!look.ok) return look;
  const missing = packed.find(({ path }) => look.value?.paths.has(path) !== true);
  if (missing === undefined) return ok(undefined);
  return fail(
    'seal.damaged',
    'What was sealed could not be read back',
    `${missing.path} is not in it; the plain files are untouched`,
    'check the disk, then try again',
  );
};

const unseal = async (context: SealContext, authDir: string): Promise<Result<void>> => {
  const now = await current(context, authDir);
  if (!now.ok) return now;
  if (now.value !== null) {
    const done = await unsealDirectory(context, authDir, now.value);
    if (!done.ok) return done;
  }
  const left = await eachSnapshot(context, authDir, async (path, look) => {
    if (look === null) return ok(undefined);
    // Beside the sealed file, which counts until it is removed.
    await removeAllBut(context.files, path, sealedName);
    const unpacked = await unpackSealed(context, path, look, path);
    if (!unpacked.ok) return unpacked;
    await syncDirectory(context.files, path);
    await context.files.unlink(join(path, sealedName));
    await syncDirectory(context.files, path);
    return ok(undefined);
  });
  if (!left.ok) return left;
  if (left.value === 0) await context.keys.keepOnly(authDir, null);
  return ok(undefined);
};

/** The plain files go in beside the sealed one, which is the state until its removal: one step. */
const unsealDirectory = async (context: SealContext, authDir: string, look: Look): Promise<Result<void>> => {
  const { files } = context;
  const opened = await begin(context, authDir);
  if (!opened.ok) return opened;
  const { area, work } = opened.value;
  try {
    const unpacked = await unpackSealed(context, authDir, look, work.tree);
    if (!unpacked.ok) {
      await endWork(context, area, work);
      return unpacked;
    }
    const tree = await listTree(files, work.tree);
    const obstacle =
      (await findObstacle(files, authDir, tree)) ?? (await inTheWay(context, authDir, tree.files));
    if (obstacle !== null) {
      await endWork(context, area, work);
      return fail(
        'directory.occupied',
        `${shownPath(authDir)} was not unsealed`,
        `"${shownPath(obstacle)}" lies in plain beside what is sealed`,
        'take it in with claude-setup profile seal, or move it away, then try again',
      );
    }
    const listed = await Promise.all(tree.files.map((path) => packedFile(files, work.tree, path)));
    await noteList(context, work, { outcome: 'undone', directories: tree.directories, files: listed });
    await makeDirectories(files, authDir);
    await moveIn(files, authDir, work);
    await files.unlink(join(authDir, sealedName));
    await syncDirectory(files, authDir);
    await endWork(context, area, work);
    return ok(undefined);
  } catch (error) {
    await endUnlessListed(context, area, work);
    return diskFailure(`${shownPath(authDir)} was not unsealed`, error);
  }
};

const inTheWay = async (
  { files }: SealContext,
  authDir: string,
  paths: readonly string[],
): Promise<string | null> => {
  const there = new Set((await listTree(files, authDir, notSealed)).files);
  return paths.find((path) => there.has(path)) ?? null;
};

const changeKey = async (
  context: SealContext,
  authDir: string,
  { key: kind, newPassphraseFile }: ChangeKeyOptions,
): Promise<Result<Sealed>> => {
  const now = await current(context, authDir);
  if (!now.ok) return now;
  if (now.value === null) {
    return fail(
      'usage',
      `The key of ${shownPath(authDir)} was not changed`,
      'it is not sealed',
      'seal it: claude-setup profile seal',
    );
  }
  const wanted = kind ?? (newPassphraseFile === null ? now.value.opened.key.kind : 'passphrase');
  const created = await context.keys.create(authDir, wanted, { file: newPassphraseFile });
  if (!created.ok) return created;
  const key = created.value;
  const sources = [sealedSource(context, authDir, now.value)];
  const what = `The key of ${shownPath(authDir)} was not changed`;
  const done = await withSealedWork(context, authDir, what, { key, sources }, async (area, work) => {
    const proof = await current(context, work.tree);
    if (!proof.ok) return proof;
    await putSealed(context, authDir, area, work, { keepOld: false });
    return ok(undefined);
  });
  if (!done.ok) return done;
  if (!done.value.ok) return done.value;
  const left = await eachSnapshot(context, authDir, (path, look) =>
    replaceSnapshot(
      context,
      authDir,
      path,
      key,
      look === null ? treeSource(context.files, path) : sealedSource(context, path, look),
    ),
  );
  if (!left.ok) return left;
  if (left.value === 0) await context.keys.keepOnly(authDir, key);
  return ok({ key: key.kind, leftPlain: [], snapshotsLeft: left.value });
};

/** Does something with every snapshot, sealed (with the look into it) or not. How many could not be opened. */
const eachSnapshot = async (
  context: SealContext,
  authDir: string,
  work: (path: string, look: Look | null) => Result<unknown> | Promise<Result<unknown>>,
): Promise<Result<number>> => {
  const found = await findSnapshots(context, authDir);
  if (!found.ok) return found;
  let left = 0;
  for (const { path } of found.value) {
    const stats = await sealedFile(context, path);
    const look = stats === null ? null : await lookInto(context, path, stats, false);
    if (look !== null && !look.ok) {
      left += 1;
      continue;
    }
    const done = await work(path, look?.value ?? null);
    if (!done.ok) return done;
  }
  return ok(left);
};

/** Puts a sealed file in the place of a snapshot's content, in one rename; what lies in plain beside it then does not count. */
const replaceSnapshot = async (
  context: SealContext,
  authDir: string,
  path: string,
  key: SealKey,
  source: Source,
): Promise<Result<void>> => {
  const { files } = context;
  const opened = await begin(context, authDir);
  if (!opened.ok) return opened;
  const { area, work } = opened.value;
  try {
    const draft = join(work.path, sealedName);
    const sealed = await sealInto(files, draft, key, [source]);
    if (!sealed.ok) return sealed;
    await files.rename(draft, join(path, sealedName));
    await syncDirectory(files, path);
    await removeAllBut(files, path, sealedName);
    return ok(undefined);
  } finally {
    await endWork(context, area, work).catch(() => {});
  }
};
