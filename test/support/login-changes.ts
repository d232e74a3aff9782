import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createAuthStore } from '../../src/adapters/store/auth-store.ts';
import type { FileSystem } from '../../src/adapters/store/file-system.ts';
import type { Result } from '../../src/domain/failure.ts';
import type { AuthStore, Recovery } from '../../src/ports/auth-store.ts';
import { streamOf, tarOf } from './config-tar.ts';
import { copyDisk, diskState } from './disk-state.ts';
import type { FaultPlan } from './faulty-file-system.ts';
import { loginText, stateText } from './logins.ts';
import { unwrap } from './results.ts';
import { makeTemporary } from './temporary.ts';

/** A change of the login, and what the login is called before and after it. */
export interface LoginChange {
  readonly name: string;
  readonly before: string | null;
  readonly after: string;
  /** Puts the disk into the state before it. */
  prepare(): Promise<void>;
  run(store: AuthStore): Promise<Result<unknown>>;
  /** What is always refused where this takes place. */
  readonly always?: NonNullable<FaultPlan['always']>;
}

/** An auth directory that is put through changes of its login, and what has to hold of it. */
export interface LoginGround {
  /** The directory above; nothing but the auth directory and the store's own may be in it. */
  readonly place: string;
  readonly authDir: string;
  readonly changes: readonly LoginChange[];
  archive(name: string): Buffer;
  store(files?: FileSystem): AuthStore;
  capture(store: AuthStore, name: string): Promise<Result<unknown>>;
  credentials(): string | null;
  /** Fails when a reader sees anything but a whole login now. */
  expectWholeLogin(change: LoginChange): void;
  /** Fails unless everything is wholly old or wholly new and nothing else is there. Which of the two. */
  expectWhole(change: LoginChange): 'old' | 'new';
  /** Recovers, expects all to be whole, and captures once more. */
  expectRecovery(change: LoginChange, store: AuthStore, inode: number | null): Promise<Recovery | null>;
  inode(): number | null;
  remove(): Promise<void>;
}

const session = (name: string): Promise<Buffer> =>
  tarOf([
    ['./', { type: 'directory' }],
    ['./.claude.json', stateText(name)],
    ['./.credentials.json', loginText(name)],
    ['./projects/-app/a.jsonl', `talk of ${name}`],
    ['./projects/latest', { type: 'symlink', linkname: '-app/a.jsonl' }],
  ]);

/** What a directory holds once the login of that name was captured. */
const capturedState = (name: string): Record<string, string> => ({
  '.claude.json': `0600 ${stateText(name)}`,
  '.credentials.json': `0600 ${loginText(name)}`,
  projects: '0700/',
  'projects/-app': '0700/',
  'projects/-app/a.jsonl': `0600 talk of ${name}`,
  'projects/latest': '-> -app/a.jsonl',
});

const uid = process.getuid?.() ?? null;

export const makeLoginGround = async (): Promise<LoginGround> => {
  // Memory takes the waiting out of thousands of trials; what is lost with the power is not what they try.
  const temporary = await makeTemporary(existsSync('/dev/shm') ? '/dev/shm' : tmpdir());
  const pristine = join(temporary.root, 'pristine');
  const place = join(temporary.root, 'trial');
  const authDir = join(place, 'auth');
  const archives = new Map<string, Buffer>();
  for (const name of ['one', 'two', 'three']) archives.set(name, await session(name));
  const archive = (name: string) => archives.get(name) ?? Buffer.alloc(0);
  const newStore = (files?: FileSystem) => createAuthStore({ uid, ...(files ? { files } : {}) });

  const captureInto = async (store: AuthStore, directory: string, name: string): Promise<Result<unknown>> => {
    const staged = await store.stage(directory, streamOf(archive(name)), {
      leaveOut: [],
      signal: new AbortController().signal,
    });
    return staged.ok ? store.commit(staged.value) : staged;
  };
  const capture = (store: AuthStore, name: string) => captureInto(store, authDir, name);

  mkdirSync(pristine);
  unwrap(await captureInto(newStore(), join(pristine, 'auth'), 'one'));
  mkdirSync(join(pristine, 'auth/mine'), { mode: 0o700 });
  writeFileSync(join(pristine, 'auth/mine/notes'), 'mine', { mode: 0o600 });

  const clear = () => rmSync(place, { recursive: true, force: true });
  const prepare = async () => {
    clear();
    copyDisk(pristine, place);
  };
  const captureTwo = { after: 'two', run: (store: AuthStore) => capture(store, 'two') };
  const changes: readonly LoginChange[] = [
    { name: 'a capture over a login', before: 'one', prepare, ...captureTwo },
    {
      name: 'a capture into a directory that is not there',
      before: null,
      prepare: async () => {
        clear();
        mkdirSync(place);
      },
      ...captureTwo,
    },
    {
      name: 'a capture that has to work inside the directory',
      before: 'one',
      prepare,
      always: (name, path) => (name === 'mkdir' && path.endsWith('.auth.claude-setup') ? 'EACCES' : null),
      ...captureTwo,
    },
    {
      name: 'a capture into a mount point',
      before: 'one',
      prepare,
      always: (name, from, to) =>
        name === 'rename' &&
        from.includes('.auth.claude-setup') &&
        (to.startsWith(authDir) || to.startsWith('/proc/self/fd/'))
          ? 'EXDEV'
          : null,
      ...captureTwo,
    },
    {
      name: 'a rollback',
      before: 'two',
      after: 'one',
      prepare: async () => {
        await prepare();
        unwrap(await capture(newStore(), 'two'));
      },
      run: async (store) => {
        const snapshots = await store.snapshots(authDir);
        if (!snapshots.ok) return snapshots;
        const [newest] = snapshots.value;
        return newest === undefined ? snapshots : store.rollback(authDir, newest);
      },
    },
  ];

  const credentials = (): string | null => {
    try {
      return readFileSync(join(authDir, '.credentials.json'), 'utf8');
    } catch {
      return null;
    }
  };
  const textOf = (name: string | null) => (name === null ? null : loginText(name));
  const inode = () => (existsSync(authDir) ? statSync(authDir).ino : null);

  const expectWhole = (change: LoginChange): 'old' | 'new' => {
    const seen = credentials();
    const isNew = seen === textOf(change.after);
    if (!isNew) expect(seen).toBe(textOf(change.before));
    const name = isNew ? change.after : change.before;
    const found = Object.entries(existsSync(authDir) ? diskState(authDir) : {});
    expect(Object.fromEntries(found.filter(([path]) => !path.startsWith('.claude-setup')))).toEqual({
      ...(name === null ? {} : capturedState(name)),
      ...(change.before === null ? {} : { mine: '0700/', 'mine/notes': '0600 mine' }),
    });
    for (const area of [join(place, '.auth.claude-setup'), join(authDir, '.claude-setup')]) {
      if (existsSync(area)) expect(readdirSync(area)).toEqual(['snapshots']);
    }
    expect(readdirSync(place).filter((entry) => !['auth', '.auth.claude-setup'].includes(entry))).toEqual([]);
    return isNew ? 'new' : 'old';
  };

  return {
    place,
    authDir,
    changes,
    archive,
    store: newStore,
    capture,
    credentials,
    inode,
    expectWhole,
    expectWholeLogin: (change) => {
      const seen = credentials();
      const whole = [change.before, change.after, 'three'].some((name) => seen === textOf(name));
      if (!whole) throw new Error(`a reader saw ${JSON.stringify(seen)}`);
    },
    expectRecovery: async (change, store, was) => {
      const recovery = unwrap(await store.recover(authDir));
      const outcome = expectWhole(change);
      if (recovery?.outcome === 'finished') expect(outcome).toBe('new');
      expect(unwrap(await store.recover(authDir))).toBeNull();
      unwrap(await capture(store, 'three'));
      expect(credentials()).toBe(loginText('three'));
      if (was !== null) expect(inode()).toBe(was);
      return recovery;
    },
    remove: () => temporary.remove(),
  };
};
