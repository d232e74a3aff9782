import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cp, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSealedStore } from '../../../../src/adapters/store/seal/sealed-store.ts';
import type { AuthStore } from '../../../../src/ports/auth-store.ts';
import { reusingStreamOf, streamOf, type TarEntry, tarBytes } from '../../../support/config-tar.ts';
import { loginText, stateText } from '../../../support/logins.ts';
import { type MemoryKeyring, memoryKeyring } from '../../../support/memory-keyring.ts';
import { unwrap } from '../../../support/results.ts';
import { type Temporary, temporary } from '../../../support/temporary.ts';

const uid = process.getuid?.() ?? null;
const session = (name: string): Record<string, TarEntry> => ({
  './': { type: 'directory' },
  './.credentials.json': loginText(name),
  './.claude.json': stateText(name),
  './todos/1.json': '[]',
  './projects/-app/a.jsonl': `talk of ${name}`,
  './projects/latest': { type: 'symlink', linkname: '-app/a.jsonl' },
});

const stage = async (store: AuthStore, authDir: string, name: string) =>
  store.stage(authDir, streamOf(await tarBytes(session(name))), {
    leaveOut: ['todos'],
    signal: new AbortController().signal,
  });
const capture = async (store: AuthStore, authDir: string, name: string) =>
  unwrap(await store.commit(unwrap(await stage(store, authDir, name))));

/** Every file below a directory that holds one of the texts, as a canary. */
const filesWith = (root: string, ...texts: readonly string[]): readonly string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const content = readFileSync(path, 'latin1');
      return texts.some((text) => content.includes(text));
    });

const noPlain = ({ root }: Temporary, ...besides: readonly string[]): void =>
  expect(filesWith(root, 'sk-ant-', 'talk of', ...besides)).toEqual([]);

const open = (keyring: MemoryKeyring, passphraseFile: string | null = null) =>
  createSealedStore({ uid, keyring, passphraseFile, workFactor: 10 });

const token = (name: string): string => JSON.parse(loginText(name)).claudeAiOauth.accessToken;
const tokenIn = async (store: AuthStore, authDir: string): Promise<string> =>
  unwrap(await store.readLogin(authDir)).login.claudeAiOauth.accessToken;

const kinds = [['keyring'], ['passphrase']] as const;

it.each(kinds)(
  'captures, reads, writes and goes back with a %s, and nothing is ever in plain on disk',
  async (key) => {
    const place = await temporary();
    const { authDir } = place;
    const keyring = memoryKeyring();
    const file = join(place.root, 'passphrase');
    writeFileSync(file, 'correct horse\n');
    const { store, seals } = open(keyring, key === 'passphrase' ? file : null);
    expect(await seals.keyOf(authDir)).toBeNull();
    expect(unwrap(await seals.seal(authDir, { key: null }))).toEqual({
      key,
      leftPlain: [],
      snapshotsLeft: 0,
    });
    expect(await seals.keyOf(authDir)).toBe(key);
    expect(unwrap(await store.inspect(authDir))).toEqual({ kind: 'captured' });
    expect(await store.readLogin(authDir)).toMatchObject({ failure: { code: 'login.missing' } });

    const staging = unwrap(await stage(store, authDir, 'one'));
    expect(staging).toMatchObject({ files: 4 });
    noPlain(place);
    expect((await store.gather(staging.path)).credentials.content).toEqual(Buffer.from(loginText('one')));
    expect(await tokenIn(store, staging.path)).toBe(token('one'));
    expect(unwrap(await store.commit(staging))).toEqual({ snapshot: null });
    noPlain(place);
    expect(readdirSync(authDir)).toEqual(['login.age']);
    expect(statSync(join(authDir, 'login.age')).mode & 0o777).toBe(0o600);
    const facts = await store.gather(authDir);
    expect(facts).toMatchObject({
      seal: { key, trouble: null, plainBeside: [] },
      credentials: { kind: 'file', mode: 0o600, uid },
      entries: ['.claude.json', '.credentials.json', 'login.age', 'projects'],
    });

    unwrap(
      await store.write(
        authDir,
        new Map([
          ['settings.json', '{"a":1}'],
          ['.claude.json', '{"b":2}'],
        ]),
      ),
    );
    noPlain(place, '{"a":1}');
    const inode = statSync(authDir).ino;
    const { snapshot } = await capture(store, authDir, 'two');
    noPlain(place, '{"a":1}');
    expect(statSync(authDir).ino).toBe(inode);
    expect(await tokenIn(store, authDir)).toBe(token('two'));
    // What only the old state has stays, as in a plain directory.
    expect(Buffer.from((await store.gather(authDir)).settings.content ?? []).toString()).toBe('{"a":1}');
    expect(unwrap(await store.snapshots(authDir))).toEqual([snapshot]);
    if (snapshot === null) throw new Error('no snapshot');
    unwrap(await store.rollback(authDir, snapshot));
    expect(await tokenIn(store, authDir)).toBe(token('one'));
    expect(unwrap(await store.readLogin(authDir)).stateFile).toBe('{"b":2}');
    expect(unwrap(await store.snapshots(authDir))).toHaveLength(2);
    noPlain(place, '{"a":1}');

    // Another process sees the same.
    const other = open(keyring, key === 'passphrase' ? file : null);
    expect(await tokenIn(other.store, authDir)).toBe(token('one'));

    unwrap(await other.seals.unseal(authDir));
    expect(await other.seals.keyOf(authDir)).toBeNull();
    expect(await readFile(join(authDir, '.credentials.json'), 'utf8')).toBe(loginText('one'));
    expect(await readFile(join(authDir, 'projects/latest'), 'utf8')).toBe('talk of one');
    expect(existsSync(join(authDir, 'login.age'))).toBe(false);
    expect(keyring.entries.size).toBe(0);
    const [newest] = unwrap(await store.snapshots(authDir));
    if (newest === undefined) throw new Error('no snapshot');
    unwrap(await store.rollback(authDir, newest));
    expect(await tokenIn(store, authDir)).toBe(token('two'));
  },
);

it('seals what came in memory that is used again before the file is full', async () => {
  const { authDir } = await temporary();
  const { store, seals } = open(memoryKeyring());
  unwrap(await seals.seal(authDir, { key: 'keyring' }));
  const state = JSON.stringify({ ...JSON.parse(stateText('one')), notes: 'abcdefg'.repeat(40_000) });
  const archive = await tarBytes({ ...session('one'), './.claude.json': state });
  const options = { leaveOut: [], signal: new AbortController().signal };
  for (const chunkSize of [700, 100_000]) {
    const staged = await store.stage(authDir, reusingStreamOf(archive, chunkSize), options);
    unwrap(await store.commit(unwrap(staged)));
    const { login, stateFile } = unwrap(await store.readLogin(authDir));
    expect(login).toEqual(JSON.parse(loginText('one')));
    expect(stateFile).toBe(state);
  }
});

it('seals a plain profile with its snapshots, and takes in what lies plain beside later', async () => {
  const place = await temporary();
  const { authDir } = place;
  const keyring = memoryKeyring();
  const { store, seals } = open(keyring);
  await capture(store, authDir, 'one');
  await capture(store, authDir, 'two');
  await writeFile(join(authDir, '.credentials.json.tmp.12.ab'), loginText('two'));
  unwrap(await seals.seal(authDir, { key: null }));
  noPlain(place);
  expect(readdirSync(authDir)).toEqual(['login.age']);
  expect(await tokenIn(store, authDir)).toBe(token('two'));

  // A CLI that works in the directory itself knows nothing of seals.
  await writeFile(join(authDir, '.credentials.json'), loginText('three'), { mode: 0o600 });
  expect((await store.gather(authDir)).seal?.plainBeside).toEqual(['.credentials.json']);
  expect(await tokenIn(store, authDir)).toBe(token('two'));
  expect(await seals.unseal(authDir)).toMatchObject({ failure: { code: 'directory.occupied' } });
  unwrap(await seals.seal(authDir, { key: null }));
  noPlain(place);
  expect(await tokenIn(store, authDir)).toBe(token('three'));
  expect(unwrap(await store.readLogin(authDir)).stateFile).toBe(stateText('two'));

  const [snapshot] = unwrap(await store.snapshots(authDir));
  if (snapshot === undefined) throw new Error('no snapshot');
  unwrap(await store.rollback(authDir, snapshot));
  expect(await tokenIn(store, authDir)).toBe(token('one'));
  noPlain(place);
});

it('changes the passphrase, or the place of the key, of everything that is sealed', async () => {
  const place = await temporary();
  const { authDir } = place;
  const [old, next] = [join(place.root, 'old'), join(place.root, 'next')];
  writeFileSync(old, 'old passphrase');
  writeFileSync(next, 'next passphrase');
  const keyring = memoryKeyring();
  const { store, seals } = open(keyring, old);
  await capture(store, authDir, 'one');
  await capture(store, authDir, 'two');
  unwrap(await seals.seal(authDir, { key: null }));
  expect(unwrap(await seals.changeKey(authDir, { key: null, newPassphraseFile: next }))).toMatchObject({
    snapshotsLeft: 0,
  });
  expect(await open(keyring, old).store.readLogin(authDir)).toMatchObject({
    failure: { code: 'seal.locked' },
  });
  const changed = open(keyring, next);
  expect(await tokenIn(changed.store, authDir)).toBe(token('two'));
  const [snapshot] = unwrap(await changed.store.snapshots(authDir));
  if (snapshot === undefined) throw new Error('no snapshot');

  unwrap(await changed.seals.changeKey(authDir, { key: 'keyring', newPassphraseFile: null }));
  const first = keyring.entries.get(authDir);
  expect(first).toMatch(/^AGE-SECRET-KEY-1\S+$/);
  unwrap(await changed.seals.changeKey(authDir, { key: null, newPassphraseFile: null }));
  const second = keyring.entries.get(authDir);
  expect(second).toMatch(/^AGE-SECRET-KEY-1\S+$/);
  expect(second).not.toBe(first);
  const byKeyring = open(keyring);
  unwrap(await byKeyring.store.rollback(authDir, snapshot));
  expect(await tokenIn(byKeyring.store, authDir)).toBe(token('one'));
  noPlain(place);
});

it('asks for a passphrase when something is done, never for a look, and remembers it', async () => {
  const { authDir, root } = await temporary();
  const file = join(root, 'passphrase');
  writeFileSync(file, 'right');
  const first = open(memoryKeyring(), file);
  unwrap(await first.seals.seal(authDir, { key: 'passphrase' }));
  await capture(first.store, authDir, 'one');

  const { store, seals } = open(memoryKeyring());
  expect(await store.readLogin(authDir)).toMatchObject({
    failure: { code: 'seal.locked', why: 'it takes a passphrase' },
  });
  const asked: boolean[] = [];
  const answers = ['wrong', 'right'];
  const stop = seals.onAsk(async ({ again }) => {
    asked.push(again);
    return answers.shift() ?? null;
  });
  const facts = await store.gather(authDir);
  expect(facts).toMatchObject({ credentials: { kind: 'missing' }, seal: { key: 'passphrase' } });
  expect(facts.seal?.trouble?.why).toMatch(/is sealed and could not be opened: it takes a passphrase$/);
  expect(asked).toEqual([]);
  unwrap(await seals.unlock(authDir));
  expect(asked).toEqual([false, true]);
  expect(await tokenIn(store, authDir)).toBe(token('one'));
  expect((await store.gather(authDir)).credentials.kind).toBe('file');
  expect(asked).toHaveLength(2);
  stop();
});

it('says which key is wrong or missing, and leaves everything as it is', async () => {
  const { authDir, root } = await temporary();
  const keyring = memoryKeyring();
  const { store, seals } = open(keyring);
  unwrap(await seals.seal(authDir, { key: null }));
  await capture(store, authDir, 'one');
  const before = readFileSync(join(authDir, 'login.age'));
  const identity = keyring.entries.get(authDir) ?? '';
  const why = async () => {
    const fresh = open(keyring).store;
    const read = await fresh.readLogin(authDir);
    expect(await fresh.write(authDir, new Map([['a', 'b']]))).toEqual(read);
    expect(await stage(fresh, authDir, 'two')).toEqual(read);
    expect(readFileSync(join(authDir, 'login.age'))).toEqual(before);
    expect(readdirSync(join(authDir, '..')).filter((name) => name.includes('claude-setup'))).toEqual([]);
    return read.ok ? null : [read.failure.code, read.failure.why];
  };
  keyring.there = false;
  expect(await why()).toEqual(['seal.locked', "the system's keyring, which holds its key, does not answer"]);
  keyring.there = true;
  keyring.entries.clear();
  expect(await why()).toEqual(['seal.locked', "the system's keyring holds no key for this directory"]);
  await open(keyring).seals.seal(join(root, 'other'), { key: 'keyring' });
  keyring.entries.set(authDir, keyring.entries.get(join(root, 'other')) ?? '');
  expect(await why()).toEqual(['seal.locked', "the key in the system's keyring is not the right one"]);
  keyring.entries.set(authDir, identity);
  expect(await tokenIn(open(keyring).store, authDir)).toBe(token('one'));
});

it.each([
  ['its end is missing', (path: string) => truncate(path, statSync(path).size - 20)],
  ['only its head is left', (path: string) => truncate(path, 100)],
  ['it is empty', (path: string) => truncate(path, 0)],
  [
    'a bit is turned',
    async (path: string) => {
      const bytes = readFileSync(path);
      bytes[bytes.length - 30] = (bytes[bytes.length - 30] ?? 0) ^ 1;
      await writeFile(path, bytes);
    },
  ],
  ['it is something else', (path: string) => writeFile(path, 'hello')],
])('a sealed file is damaged when %s, and a rollback mends it', async (_name, damage) => {
  const { authDir } = await temporary();
  const keyring = memoryKeyring();
  const { store, seals } = open(keyring);
  unwrap(await seals.seal(authDir, { key: null }));
  await capture(store, authDir, 'one');
  const { snapshot } = await capture(store, authDir, 'two');
  await damage(join(authDir, 'login.age'));
  expect(await store.readLogin(authDir)).toMatchObject({ failure: { code: 'seal.damaged' } });
  const facts = await store.gather(authDir);
  expect(facts.credentials.kind).toBe('missing');
  expect(facts.seal?.trouble?.why).toContain("login.age can't be opened");
  expect(await seals.unseal(authDir)).toMatchObject({ failure: { code: 'seal.damaged' } });
  if (snapshot === null) throw new Error('no snapshot');
  unwrap(await store.rollback(authDir, snapshot));
  expect(await tokenIn(store, authDir)).toBe(token('one'));
});

it('is refused without a key, and touches nothing', async () => {
  const { authDir, root } = await temporary();
  const keyring = memoryKeyring();
  keyring.there = false;
  const { store, seals } = open(keyring);
  await capture(store, authDir, 'one');
  expect(await seals.seal(authDir, { key: null })).toMatchObject({ failure: { code: 'seal.no-key' } });
  expect(await seals.seal(authDir, { key: 'keyring' })).toMatchObject({ failure: { code: 'seal.no-key' } });
  const file = join(root, 'passphrase');
  for (const content of ['', '\n', 'two\nlines\n']) {
    writeFileSync(file, content);
    expect(await open(keyring, file).seals.seal(authDir, { key: null })).toMatchObject({ ok: false });
  }
  expect(await readFile(join(authDir, '.credentials.json'), 'utf8')).toBe(loginText('one'));
});

it('opens a directory that was moved, and its copy by itself', async () => {
  const { authDir, root } = await temporary();
  const keyring = memoryKeyring();
  const { store, seals } = open(keyring);
  unwrap(await seals.seal(authDir, { key: null }));
  await capture(store, authDir, 'one');
  const moved = join(root, 'moved');
  await cp(authDir, moved, { recursive: true });
  const other = open(keyring);
  expect((await other.store.gather(moved)).credentials.kind).toBe('file');
  expect([...keyring.entries.keys()]).toEqual([authDir]);
  unwrap(await open(keyring).seals.changeKey(moved, { key: null, newPassphraseFile: null }));
  unwrap(await open(keyring).seals.unseal(authDir));
  expect([...keyring.entries.keys()]).toEqual([moved]);
  expect(await tokenIn(open(keyring).store, moved)).toBe(token('one'));
});
