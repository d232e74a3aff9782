import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { realFileSystem } from '../../../../src/adapters/store/file-system.ts';
import { createSealedStore } from '../../../../src/adapters/store/seal/sealed-store.ts';
import type { Result } from '../../../../src/domain/failure.ts';
import type { AuthStore } from '../../../../src/ports/auth-store.ts';
import type { Seals } from '../../../../src/ports/seals.ts';
import { streamOf, tarBytes } from '../../../support/config-tar.ts';
import { copyDisk } from '../../../support/disk-state.ts';
import { Crash, type FaultPlan, faultyFileSystem } from '../../../support/faulty-file-system.ts';
import { loginText, stateText } from '../../../support/logins.ts';
import { memoryKeyring } from '../../../support/memory-keyring.ts';
import { unwrap } from '../../../support/results.ts';
import { reportTrials, soakLimitMs, stride } from '../../../support/soak.ts';
import { makeTemporary } from '../../../support/temporary.ts';

const uid = process.getuid?.() ?? null;

type Opened = { readonly store: AuthStore; readonly seals: Seals };

const capture = async ({ store }: Opened, authDir: string, name: string): Promise<Result<unknown>> => {
  const tar = await tarBytes({
    './.credentials.json': loginText(name),
    './.claude.json': stateText(name),
    './projects/-app/a.jsonl': `talk of ${name}`,
  });
  const staged = await store.stage(authDir, streamOf(tar), {
    leaveOut: [],
    signal: new AbortController().signal,
  });
  return staged.ok ? store.commit(staged.value) : staged;
};

interface Change {
  readonly name: string;
  /** Whether what is there before is plain, which may then be in plain for as long as the change lasts. */
  readonly plain: boolean;
  readonly before: string;
  readonly after: string;
  run(opened: Opened, authDir: string): Promise<Result<unknown>>;
}

const changes: readonly Change[] = [
  {
    name: 'a capture',
    plain: false,
    before: 'two',
    after: 'three',
    run: (opened, authDir) => capture(opened, authDir, 'three'),
  },
  {
    name: 'a write-back',
    plain: false,
    before: 'two',
    after: 'three',
    run: ({ store }, authDir) => store.write(authDir, new Map([['.credentials.json', loginText('three')]])),
  },
  {
    name: 'a rollback',
    plain: false,
    before: 'two',
    after: 'one',
    run: async ({ store }, authDir) => {
      const snapshots = await store.snapshots(authDir);
      const newest = snapshots.ok ? snapshots.value[0] : undefined;
      return newest === undefined ? snapshots : store.rollback(authDir, newest);
    },
  },
  {
    name: 'another identity',
    plain: false,
    before: 'two',
    after: 'two',
    run: ({ seals }, authDir) => seals.changeKey(authDir, { key: 'keyring', newPassphraseFile: null }),
  },
  {
    name: 'sealing',
    plain: true,
    before: 'two',
    after: 'two',
    run: ({ seals }, authDir) => seals.seal(authDir, { key: 'keyring' }),
  },
  {
    name: 'unsealing',
    plain: true,
    before: 'two',
    after: 'two',
    run: ({ seals }, authDir) => seals.unseal(authDir),
  },
];

/** Files below a directory with something of a login in plain. */
const plainFiles = (root: string): readonly string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /sk-ant-|talk of/.test(readFileSync(path, 'latin1')));

const prepareGround = async (change: Change) => {
  const base = existsSync('/dev/shm') ? '/dev/shm' : undefined;
  const temporary = await makeTemporary(base);
  onTestFinished(() => temporary.remove());
  const [pristine, place] = [join(temporary.root, 'pristine'), join(temporary.root, 'trial')];
  const authDir = join(place, 'auth');
  const keyring = memoryKeyring();
  const open = (files = realFileSystem): Opened =>
    createSealedStore({ uid, keyring, passphraseFile: null, files });
  mkdirSync(place);
  const opened = open();
  unwrap(await capture(opened, authDir, 'one'));
  unwrap(await capture(opened, authDir, 'two'));
  if (change.name !== 'sealing') unwrap(await opened.seals.seal(authDir, { key: 'keyring' }));
  const keys = new Map(keyring.entries);
  copyDisk(place, pristine);
  return {
    place,
    authDir,
    open,
    prepare() {
      rmSync(place, { recursive: true, force: true });
      copyDisk(pristine, place);
      keyring.entries.clear();
      for (const [account, secret] of keys) keyring.entries.set(account, secret);
    },
  };
};

type Ground = Awaited<ReturnType<typeof prepareGround>>;

const namesIn = (directory: string): readonly string[] =>
  readdirSync(directory)
    .filter((name) => !name.startsWith('.claude-setup'))
    .sort();

/** What a later process finds, in good health: the login wholly old or wholly new, and nothing left lying about. */
const expectWhole = async ({ open, authDir, place }: Ground, change: Change): Promise<'old' | 'new'> => {
  const later = open();
  const recovery = unwrap(await later.store.recover(authDir));
  expect(unwrap(await later.store.recover(authDir))).toBeNull();
  const { login, stateFile } = unwrap(await later.store.readLogin(authDir));
  const text = `${JSON.stringify(login)}\n`;
  expect([loginText(change.before), loginText(change.after)]).toContain(text);
  const name = text === loginText(change.after) ? change.after : change.before;
  // A write-back touches nothing but the login.
  if (change.name !== 'a write-back') expect(stateFile).toBe(stateText(name));
  const sealed = (await later.seals.keyOf(authDir)) !== null;
  if (sealed) {
    expect(namesIn(authDir)).toEqual(['login.age']);
    expect((await later.store.gather(authDir)).entries).toEqual([
      '.claude.json',
      '.credentials.json',
      'login.age',
      'projects',
    ]);
  } else expect(namesIn(authDir)).toEqual(['.claude.json', '.credentials.json', 'projects']);
  if (!change.plain) expect(plainFiles(place)).toEqual([]);
  // Where nothing can be made beside the directory, the store keeps its own inside.
  for (const area of [join(place, '.auth.claude-setup'), join(authDir, '.claude-setup')])
    if (existsSync(area)) expect(readdirSync(area)).toEqual(['snapshots']);
  for (const snapshot of unwrap(await later.store.snapshots(authDir)))
    unwrap(await later.store.rollback(authDir, snapshot));
  // Sealing and unsealing done again come to their end.
  if (change.plain) unwrap(await change.run(later, authDir));
  unwrap(await capture(later, authDir, 'four'));
  if (change.name !== 'unsealing') expect(plainFiles(place)).toEqual([]);
  if (recovery !== null && change.plain) expect([recovery.outcome, sealed]).not.toEqual(['finished', false]);
  return name === change.after ? 'new' : 'old';
};

const atEveryStep = async (
  change: Change,
  ground: Ground,
  fault: FaultPlan['fault'],
  step: number,
): Promise<{ trials: number; steps: number; failures: number }> => {
  let failures = 0;
  for (let at = 1, trials = 1; ; at += step, trials += 1) {
    ground.prepare();
    const { files, steps } = faultyFileSystem({
      at,
      fault,
      afterStep: () => {
        if (!change.plain && /sk-ant-/.test(readFileSync(join(ground.authDir, 'login.age'), 'latin1')))
          throw new Error('in plain');
      },
    });
    const result = await change.run(ground.open(files), ground.authDir).catch((error: unknown) => {
      if (error instanceof Crash) return 'crashed' as const;
      throw error;
    });
    if (result !== 'crashed' && !result.ok) failures += 1;
    const taken = steps.length;
    try {
      await expectWhole(ground, change);
    } catch (error) {
      throw new Error(`${JSON.stringify(fault)} at step ${at} (${steps[at - 1]})`, { cause: error });
    }
    if (taken < at) return { trials, steps: taken, failures };
  }
};

describe.each(changes)('$name of a sealed directory', (change) => {
  it('survives a crash at every step', { timeout: soakLimitMs }, async () => {
    const ground = await prepareGround(change);
    const { trials, steps } = await atEveryStep(change, ground, { kind: 'crash' }, stride(7));
    reportTrials(`sealed, ${change.name}: ${trials} crashes over ${steps} steps, 0 losses`);
    expect(steps).toBeGreaterThan(20);
  });

  it.each(['ENOSPC', 'EIO', 'EACCES', 'EROFS'])(
    'survives %s at every step',
    { timeout: soakLimitMs },
    async (code) => {
      for (const lasting of [false, true]) {
        const ground = await prepareGround(change);
        const fault = { kind: 'error', code, lasting } as const;
        const { trials, steps, failures } = await atEveryStep(change, ground, fault, stride(43));
        reportTrials(
          `sealed, ${change.name}: ${trials} × ${code}${lasting ? ' that lasts' : ''} over ${steps} steps, ${failures} failures, 0 losses`,
        );
      }
    },
  );
});
