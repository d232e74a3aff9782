import { join, resolve } from 'node:path';
import { shownPath } from '../../../domain/capture-rules.ts';
import { fail, ok, type Result } from '../../../domain/failure.ts';
import { sealedName } from '../../../domain/seal.ts';
import type { AuthStore } from '../../../ports/auth-store.ts';
import type { ChangeKeyOptions, Sealed, SealOptions, Seals } from '../../../ports/seals.ts';
import { diskFailure } from '../disk-failure.ts';
import { listTree } from '../tree.ts';
import { readHeader } from './age-file.ts';
import { currentLook, type SealContext, sealedFile } from './look.ts';
import { putSealed, sealedSource, withSealedWork } from './put-sealed.ts';
import { noteList, type PlainList, removePlain } from './recover-switch.ts';
import { eachSnapshot, replaceSnapshot } from './seal-snapshots.ts';
import { notSealed, type PackedFile, packedFile, treeSource } from './sealed-archive.ts';
import { unseal } from './unseal.ts';

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

const seal = async (
  context: SealContext,
  authDir: string,
  { key: kind }: SealOptions,
): Promise<Result<Sealed>> => {
  const now = await currentLook(context, authDir);
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

/** Nothing plain is removed before what was sealed has been opened again and is all there. */
const proven = async (
  context: SealContext,
  tree: string,
  packed: readonly PackedFile[],
): Promise<Result<void>> => {
  const look = await currentLook(context, tree);
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

const changeKey = async (
  context: SealContext,
  authDir: string,
  { key: kind, newPassphraseFile }: ChangeKeyOptions,
): Promise<Result<Sealed>> => {
  const now = await currentLook(context, authDir);
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
    const proof = await currentLook(context, work.tree);
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
