import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { knownFiles, shownPath } from '../../../domain/capture-rules.ts';
import type { FileFacts } from '../../../domain/checks/facts.ts';
import { ok, type Result } from '../../../domain/failure.ts';
import { sealedName } from '../../../domain/seal.ts';
import type { AuthStore, Snapshot, Staging, StoredFacts } from '../../../ports/auth-store.ts';
import type { Seals } from '../../../ports/seals.ts';
import { notTakenOver } from '../archive-refusal.ts';
import { authStoreOn, judgeLogin } from '../auth-store.ts';
import { guardDirectory, unreadable } from '../directory-guard.ts';
import { diskFailure } from '../disk-failure.ts';
import { type AuthStoreOptions, createStoreContext } from '../store-context.ts';
import { endWork, workOfTree } from '../work-area.ts';
import { createSealKeys, type SealKeysOptions } from './keys.ts';
import { type Closed, type Look, lookInto, openSealed, type SealContext, sealedFile } from './look.ts';
import { putSealed, sealedSource, withSealedWork } from './put-sealed.ts';
import { finishSwitch } from './recover-switch.ts';
import { rollBackSealed } from './roll-back.ts';
import { archiveSource, contentSource, type Source, sealInto } from './sealed-archive.ts';
import { createSeals } from './seals.ts';

/** The auth store that sees through sealed directories, and what seals them. */
export const createSealedStore = (
  options: AuthStoreOptions & SealKeysOptions,
): { readonly store: AuthStore; readonly seals: Seals } => {
  const context: SealContext = {
    ...createStoreContext(options),
    keys: createSealKeys(options),
    looks: new Map(),
  };
  const plain = authStoreOn(context);
  const store: AuthStore = {
    ...plain,
    gather: async (authDir) => {
      const [facts, sealed] = await Promise.all([
        plain.gather(authDir),
        sealedFile(context, authDir).catch(() => null),
      ]);
      if (sealed === null) return facts;
      const looked = await lookInto(context, authDir, sealed, false).catch((error) => ({
        ...unreadable(sealedPath(authDir), error),
        stats: sealed,
        key: 'passphrase' as const,
      }));
      return factsOf(facts, looked);
    },
    readLogin: (authDir) =>
      choose(
        context,
        authDir,
        () => plain.readLogin(authDir),
        async (look) => judgeLogin(authDir, textOf(look, '.credentials.json'), textOf(look, '.claude.json')),
      ),
    stage: (authDir, tar, how) => {
      // It may break off at any time, also while nobody reads it yet; reading it says so then.
      tar.on('error', () => {});
      const target = resolve(authDir);
      return choose(
        context,
        target,
        () => plain.stage(target, tar, how),
        (look) => stageSealed(context, target, look, tar, how),
      ).then((staged) => {
        if (!staged.ok) tar.destroy();
        return staged;
      });
    },
    commit: (staging) =>
      choose(
        context,
        staging.authDir,
        () => plain.commit(staging),
        (look) => commitSealed(context, staging, look),
      ),
    recover: async (authDir) => {
      const finished = await finishSwitch(context, resolve(authDir));
      if (!finished.ok) return finished;
      const recovered = await plain.recover(authDir);
      return recovered.ok && finished.value !== null ? finished : recovered;
    },
    rollback: (authDir, snapshot) => rollBackSealed(context, plain, resolve(authDir), snapshot),
    write: (authDir, contents) => {
      const target = resolve(authDir);
      return choose(
        context,
        target,
        () => plain.write(target, contents),
        (look) => writeSealedFiles(context, target, look, contents),
      );
    },
  };
  return { store, seals: createSeals(context, store) };
};

const sealedPath = (authDir: string): string => join(authDir, sealedName);

/** Does the one thing for a plain directory and the other for a sealed one, once it is open. */
const choose = async <T>(
  context: SealContext,
  authDir: string,
  plain: () => Promise<Result<T>>,
  sealed: (look: Look) => Promise<Result<T>>,
): Promise<Result<T>> => {
  try {
    const stats = await sealedFile(context, authDir);
    if (stats === null) return plain();
    const look = await openSealed(context, authDir, stats);
    return look.ok ? sealed(look.value) : look;
  } catch (error) {
    return unreadable(authDir, error);
  }
};

const textOf = ({ files }: Look, name: string): string | null => {
  const content = files.get(name)?.content;
  return content == null ? null : Buffer.from(content).toString();
};

const missing: FileFacts = { kind: 'missing', isLink: false, mode: 0, uid: null, size: 0, content: null };

/** The facts of a sealed directory: rights and owner are the age file's, which is what others could read or change. */
const factsOf = (
  plain: StoredFacts,
  looked: { readonly ok: true; readonly value: Look } | Closed,
): StoredFacts => {
  const { stats } = looked.ok ? looked.value : looked;
  const file = (name: string): FileFacts => {
    const found = looked.ok ? looked.value.files.get(name) : undefined;
    return found === undefined
      ? missing
      : { kind: 'file', isLink: false, mode: stats.mode & 0o7777, uid: stats.uid, ...found };
  };
  const paths = looked.ok ? [...looked.value.paths] : [];
  return {
    ...plain,
    credentials: file('.credentials.json'),
    state: file('.claude.json'),
    settings: file('settings.json'),
    oauthToken: file('oauth-token'),
    // What lies beside the sealed file is no part of the login, but it is there.
    entries: [...new Set([...plain.entries, ...paths.map((path) => path.split('/')[0] ?? path)])].sort(),
    seal: {
      key: looked.ok ? looked.value.opened.key.kind : looked.key,
      trouble: looked.ok
        ? null
        : { why: `${looked.failure.what}: ${looked.failure.why}`, fix: looked.failure.fix },
      plainBeside: plain.entries.filter((name) => knownFiles.has(name) || name === 'oauth-token'),
    },
  };
};

const stageSealed = async (
  context: SealContext,
  authDir: string,
  { opened }: Look,
  tar: Readable,
  how: Parameters<AuthStore['stage']>[2],
): Promise<Result<Staging>> => {
  const sources = [archiveSource(() => tar, { ...how, leaveOut: [...how.leaveOut, sealedName] })];
  return withSealedWork(
    context,
    authDir,
    notTakenOver,
    { key: opened.key, sources },
    async (_area, work, packed) => ({ id: work.id, authDir, path: work.tree, ...packed }),
    { keep: true },
  );
};

const commitSealed = async (
  context: SealContext,
  staging: Staging,
  look: Look,
): Promise<Result<{ readonly snapshot: Snapshot | null }>> => {
  const { authDir } = staging;
  const { area, work } = workOfTree(staging.path);
  const end = () => endWork(context, area, work).catch(() => {});
  const guarded = await guardDirectory(context, authDir);
  if (!guarded.ok) {
    await end();
    return guarded;
  }
  try {
    const stats = await sealedFile(context, work.tree);
    const staged = stats === null ? null : await openSealed(context, work.tree, stats);
    if (staged === null || !staged.ok) return staged ?? unreadable(work.tree, gone());
    const merged = await mergeInto(context, authDir, work.tree, staged.value, look);
    if (!merged.ok) return merged;
    return ok({ snapshot: await putSealed(context, authDir, area, work, { keepOld: hasLogin(look) }) });
  } catch (error) {
    return diskFailure('The login could not be put in place', error);
  } finally {
    await end();
  }
};

const gone = (): Error => Object.assign(new Error('gone'), { code: 'ENOENT' });

/** An empty sealed directory is nothing to go back to. */
const hasLogin = ({ paths }: Look): boolean => paths.size > 0;

/** Adds what only the old state has to a staged one, as a capture into a plain directory leaves it there. */
const mergeInto = async (
  context: SealContext,
  authDir: string,
  tree: string,
  staged: Look,
  old: Look,
): Promise<Result<void>> => {
  if ([...old.paths].every((path) => staged.paths.has(path))) return ok(undefined);
  const { files } = context;
  const whole = join(tree, 'merged');
  const sources = [sealedSource(context, tree, staged), sealedSource(context, authDir, old)];
  const merged = await sealInto(files, whole, old.opened.key, sources);
  if (!merged.ok) return merged;
  await files.rename(whole, sealedPath(tree));
  return ok(undefined);
};

const writeSealedFiles = async (
  context: SealContext,
  authDir: string,
  look: Look,
  contents: ReadonlyMap<string, string>,
): Promise<Result<void>> => {
  const sources: readonly Source[] = [
    contentSource(contents, context.now()),
    sealedSource(context, authDir, look),
  ];
  const what = `${shownPath(authDir)} can't be written`;
  return withSealedWork(context, authDir, what, { key: look.opened.key, sources }, async (area, work) => {
    await putSealed(context, authDir, area, work, { keepOld: false });
  });
};
