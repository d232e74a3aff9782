import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthStore } from '../../../src/adapters/store/auth-store.ts';
import type { FileSystem } from '../../../src/adapters/store/file-system.ts';
import type { Result } from '../../../src/domain/failure.ts';
import type { AuthStore, Recovery } from '../../../src/ports/auth-store.ts';
import { streamOf, tarOf } from '../../support/config-tar.ts';
import { copyDisk, diskState } from '../../support/disk-state.ts';
import { Crash, type FaultPlan, faultyFileSystem } from '../../support/faulty-file-system.ts';
import { loginText, stateText } from '../../support/logins.ts';
import { unwrap } from '../../support/results.ts';
import { makeTemporary, type Temporary } from '../../support/temporary.ts';

// Memory takes the time out of thousands of trials; what is lost with the power is not what they try.
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const uid = process.getuid?.() ?? null;

let temporary: Temporary;
let pristine: string;
let place: string;
let authDir: string;

const session = (name: string) =>
  tarOf([
    ['./', { type: 'directory' }],
    ['./.claude.json', stateText(name)],
    ['./.credentials.json', loginText(name)],
    ['./projects/-app/a.jsonl', `talk of ${name}`],
    ['./projects/latest', { type: 'symlink', linkname: '-app/a.jsonl' }],
    ['./settings.json', `{"of":"${name}"}`],
  ]);

const archives = new Map<string, Buffer>();
const storeOn = (files?: FileSystem): AuthStore => createAuthStore({ uid, ...(files ? { files } : {}) });

const capture = async (store: AuthStore, name: string): Promise<Result<unknown>> => {
  const staged = await store.stage(authDir, streamOf(archives.get(name) ?? new Uint8Array()), {
    leaveOut: [],
    signal: new AbortController().signal,
  });
  return staged.ok ? store.commit(staged.value) : staged;
};

beforeAll(async () => {
  temporary = await makeTemporary(base);
  pristine = join(temporary.root, 'pristine');
  place = join(temporary.root, 'trial');
  for (const name of ['one', 'two', 'three']) archives.set(name, await session(name));
  mkdirSync(pristine);
  authDir = join(pristine, 'auth');
  unwrap(await capture(storeOn(), 'one'));
  mkdirSync(join(authDir, 'mine'), { mode: 0o700 });
  writeFileSync(join(authDir, 'mine/notes'), 'mine', { mode: 0o600 });
  authDir = join(place, 'auth');
});
afterAll(() => temporary.remove());

const reset = () => {
  rmSync(place, { recursive: true, force: true });
  copyDisk(pristine, place);
};

/** A change of the login, and how the login is named before and after it. */
interface Change {
  readonly name: string;
  readonly before: string | null;
  readonly after: string;
  prepare(): Promise<void>;
  run(store: AuthStore): Promise<Result<unknown>>;
  readonly always?: NonNullable<FaultPlan['always']>;
}

const captureTwo = { after: 'two', run: (store: AuthStore) => capture(store, 'two') };
const prepared = async () => reset();

const changes: readonly Change[] = [
  { name: 'a capture over a login', before: 'one', prepare: prepared, ...captureTwo },
  {
    name: 'a capture into a directory that is not there',
    before: null,
    prepare: async () => {
      rmSync(place, { recursive: true, force: true });
      mkdirSync(place);
    },
    ...captureTwo,
  },
  {
    name: 'a capture that has to work inside the directory',
    before: 'one',
    prepare: prepared,
    always: (name, path) => (name === 'mkdir' && path.endsWith('.auth.claude-setup') ? 'EACCES' : null),
    ...captureTwo,
  },
  {
    name: 'a capture into a mount point',
    before: 'one',
    prepare: prepared,
    always: (name, from, to) =>
      name === 'rename' && from.includes('.auth.claude-setup') && to.startsWith(authDir) ? 'EXDEV' : null,
    ...captureTwo,
  },
  {
    name: 'a rollback',
    before: 'two',
    after: 'one',
    prepare: async () => {
      reset();
      unwrap(await capture(storeOn(), 'two'));
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

/** What a container that mounts the directory may see at any moment. */
const wholeLogin = (change: Change) => {
  const seen = credentials();
  const allowed = [
    change.before === null ? null : loginText(change.before),
    loginText(change.after),
    loginText('three'),
  ];
  if (!allowed.includes(seen)) throw new Error(`a reader saw ${JSON.stringify(seen)}`);
};

const notOurs = (path: string) => !path.startsWith('.claude-setup');

/** Everything is wholly old or wholly new, and nothing else is there. Which of the two. */
const expectWhole = (change: Change): 'old' | 'new' => {
  const isNew = credentials() === loginText(change.after);
  if (!isNew) expect(credentials()).toBe(change.before === null ? null : loginText(change.before));
  const name = isNew ? change.after : change.before;
  const state = existsSync(authDir) ? diskState(authDir) : {};
  const outside = Object.fromEntries(Object.entries(state).filter(([path]) => notOurs(path)));
  const known =
    name === null
      ? {}
      : {
          '.claude.json': `0600 ${stateText(name)}`,
          '.credentials.json': `0600 ${loginText(name)}`,
          projects: '0700/',
          'projects/-app': '0700/',
          'projects/-app/a.jsonl': `0600 talk of ${name}`,
          'projects/latest': '-> -app/a.jsonl',
          'settings.json': `0600 {"of":"${name}"}`,
        };
  const mine = change.before === null ? {} : { mine: '0700/', 'mine/notes': '0600 mine' };
  expect(outside).toEqual({ ...known, ...mine });
  for (const area of [join(place, '.auth.claude-setup'), join(authDir, '.claude-setup')]) {
    if (existsSync(area)) expect(readdirSync(area)).toEqual(['snapshots']);
  }
  expect(readdirSync(place).filter((entry) => !['auth', '.auth.claude-setup'].includes(entry))).toEqual([]);
  return isNew ? 'new' : 'old';
};

const inode = () => (existsSync(authDir) ? statSync(authDir).ino : null);

/** Recovers, with as many crashes as `crashes` says, and then captures once more. */
const expectRecovery = async (
  change: Change,
  store: AuthStore,
  was: number | null,
): Promise<Recovery | null> => {
  const recovery = unwrap(await store.recover(authDir));
  const outcome = expectWhole(change);
  if (recovery?.outcome === 'finished') expect(outcome).toBe('new');
  expect(unwrap(await store.recover(authDir))).toBeNull();
  unwrap(await capture(store, 'three'));
  expect(credentials()).toBe(loginText('three'));
  if (was !== null) expect(inode()).toBe(was);
  return recovery;
};

const errors = ['ENOSPC', 'EIO', 'EACCES', 'EROFS'];

/** Every error at every step takes minutes: 1 for all of them, as CI asks for crashes at least. */
const given = process.env.CLAUDE_SETUP_TEST_FAULT_STRIDE;
const stride = Number(given ?? 11);
const crashStride = (change: Change): number => (given || change === changes[0] ? 1 : 5);

describe.each(changes)('$name', (change) => {
  const faulty = (plan: Omit<FaultPlan, 'afterStep' | 'always'>) =>
    faultyFileSystem({
      ...plan,
      afterStep: () => wholeLogin(change),
      ...(change.always ? { always: change.always } : {}),
    });
  const survivors = () => (change.always ? faulty({ at: 0, fault: { kind: 'crash' } }).files : undefined);

  /** Runs the change with a fault at every step (or every `stride`th), up to the one that is never reached. */
  const atEveryStep = async (
    fault: FaultPlan['fault'],
    { first = 1, stride = 1 },
    judge: (result: Result<unknown> | 'crashed', was: number | null, store: AuthStore) => Promise<void>,
  ): Promise<number> => {
    for (let at = first; ; at += stride) {
      await change.prepare();
      const was = inode();
      const { files, steps } = faulty({ at, fault });
      const store = storeOn(files);
      const result = await change.run(store).catch((error: unknown) => {
        if (error instanceof Crash) return 'crashed' as const;
        throw error;
      });
      if (steps.length < at) return steps.length;
      try {
        await judge(result, was, store);
      } catch (error) {
        throw new Error(`${JSON.stringify(fault)} at step ${at} (${steps[at - 1]})`, { cause: error });
      }
    }
  };

  it('survives a crash at every step', async () => {
    const outcomes = { finished: 0, undone: 0, nothing: 0 };
    const steps = await atEveryStep(
      { kind: 'crash' },
      { stride: crashStride(change) },
      async (result, was) => {
        const recovery = await expectRecovery(change, storeOn(survivors()), was);
        if (result !== 'crashed') expect(recovery).toBeNull();
        outcomes[recovery?.outcome ?? 'nothing'] += 1;
      },
    );
    console.log(
      `${change.name}: crash at each ${crashStride(change) === 1 ? '' : `${crashStride(change)}th `}of ${steps} steps, 0 losses`,
      outcomes,
    );
    expect(steps).toBeGreaterThan(50);
    expect(outcomes.finished * crashStride(change)).toBeGreaterThan(5);
    expect(outcomes.undone * crashStride(change)).toBeGreaterThan(5);
  }, 120_000);

  it.each(errors)(
    'survives %s at any step',
    async (code) => {
      for (const lasting of [false, true]) {
        let failures = 0;
        const steps = await atEveryStep(
          { kind: 'error', code, lasting },
          { first: 1 + (errors.indexOf(code) % stride), stride },
          async (result, was, store) => {
            if (result !== 'crashed' && !result.ok) failures += 1;
            // A new process finds it, or this one does.
            await expectRecovery(change, lasting ? storeOn(survivors()) : store, was);
          },
        );
        console.log(
          `${change.name}: ${code}${lasting ? ' from' : ' at'} each ${stride === 1 ? '' : `${stride}th `}of ${steps} steps, 0 losses, ${failures} reported`,
        );
        expect(failures * stride).toBeGreaterThan(20);
      }
    },
    120_000,
  );
});
