import { posix } from 'node:path';
import { createFakeFiles, type FakeFiles } from '../../src/adapters/practice/fake-files.ts';
import type { FileFacts } from '../../src/domain/checks/facts.ts';
import { parseLogin } from '../../src/domain/credentials.ts';
import { type Failure, fail, ok } from '../../src/domain/failure.ts';
import type { AuthStore, DirectoryUse, Staging } from '../../src/ports/auth-store.ts';

/** An auth store in memory, so that frames show the same paths on every machine. */
export interface FakeStore extends AuthStore {
  /** A directory that is there, made when it was not. */
  directory(path: string): FakeFiles;
  has(path: string): boolean;
  /** Another one whenever a file of the directory has changed. */
  mark(path: string): string;
  /** Names and texts of what a directory holds. */
  contents(path: string): readonly (readonly [name: string, text: string])[];
  remove(path: string): void;
  /** Staging fails from now on; null heals it. */
  failStage(failure: Failure | null): void;
  /** What inspecting a directory finds from now on. */
  found(path: string, use: DirectoryUse): void;
}

const uid = 1000;

export const createFakeStore = (): FakeStore => {
  const directories = new Map<string, FakeFiles>();
  const uses = new Map<string, DirectoryUse>();
  let stageFailure: Failure | null = null;
  let staged = 0;

  const directory = (path: string): FakeFiles => {
    const files = directories.get(path) ?? createFakeFiles();
    directories.set(path, files);
    return files;
  };
  const fileFacts = (path: string, name: string): FileFacts => {
    const stat = directories.get(path)?.stat(name) ?? null;
    if (stat === null) return { kind: 'missing', isLink: false, mode: 0, uid: null, size: 0, content: null };
    const content = directories.get(path)?.read(name, 1024 * 1024) ?? null;
    return { kind: 'file', isLink: false, mode: stat.mode, uid, size: stat.size, content };
  };
  const names = (path: string): readonly string[] =>
    ['.credentials.json', '.claude.json', 'settings.json', 'oauth-token', 'notes.txt'].filter(
      (name) => directories.get(path)?.stat(name) != null,
    );

  return {
    directory,
    has: (path) => directories.has(path),
    contents: (path) => names(path).map((name) => [name, directories.get(path)?.text(name) ?? '']),
    remove: (path) => void directories.delete(path),
    mark: (path) =>
      JSON.stringify([directories.has(path), names(path).map((name) => directories.get(path)?.stat(name))]),
    failStage(failure) {
      stageFailure = failure;
    },
    found(path, use) {
      uses.set(path, use);
    },
    async gather(authDir) {
      const there = directories.has(authDir);
      return {
        authDir,
        directory: {
          kind: there ? 'directory' : 'missing',
          isLink: false,
          mode: there ? 0o700 : 0,
          uid: there ? uid : null,
          size: 0,
          writable: there,
        },
        credentials: fileFacts(authDir, '.credentials.json'),
        state: fileFacts(authDir, '.claude.json'),
        settings: fileFacts(authDir, 'settings.json'),
        oauthToken: fileFacts(authDir, 'oauth-token'),
        entries: names(authDir),
      };
    },
    async inspect(authDir) {
      const use = uses.get(authDir);
      if (use !== undefined) return ok(use);
      if (!directories.has(authDir)) return ok({ kind: 'missing' });
      const held = names(authDir);
      if (held.includes('.credentials.json')) return ok({ kind: 'captured' });
      return ok(held.length === 0 ? { kind: 'empty' } : { kind: 'occupied', names: held });
    },
    async stage(authDir, tar, { onProgress }) {
      if (stageFailure !== null) return { ok: false, failure: stageFailure };
      staged += 1;
      const path = `${posix.dirname(authDir)}/.staging-${staged}`;
      await directory(path).untar('.', tar);
      const progress = { files: names(path).length, bytes: 2400 };
      onProgress?.(progress);
      return ok({ id: String(staged), authDir, path, ...progress });
    },
    async commit({ path, authDir }: Staging) {
      for (const name of names(path)) directory(authDir).set(name, directory(path).text(name) ?? '');
      directories.delete(path);
      return ok({ snapshot: null });
    },
    async discard({ path }) {
      directories.delete(path);
    },
    recover: async () => ok(null),
    snapshots: async () => ok([]),
    rollback: async () => ok(undefined),
    async readLogin(authDir) {
      const text = directories.get(authDir)?.text('.credentials.json') ?? null;
      if (text === null) return fail('login.missing', 'There is no login', 'nobody signed in', 'sign in');
      const parsed = parseLogin(text);
      return parsed.ok
        ? ok({ login: parsed.login, stateFile: directories.get(authDir)?.text('.claude.json') ?? null })
        : fail('login.malformed', 'The login can not be read', parsed.problem, 'sign in again');
    },
    async write(authDir, files) {
      for (const [path, content] of files) directory(authDir).set(path, content);
      return ok(undefined);
    },
    disk: async () => ({ freeBytes: 50_000_000_000, readOnly: false }),
    tighten: async () => ok(undefined),
    pending: async () => null,
  };
};
