import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reusingStreamOf, tarBytes } from '../../../support/config-tar.ts';
import { loginText, stateText } from '../../../support/logins.ts';
import { memoryKeyring } from '../../../support/memory-keyring.ts';
import { unwrap } from '../../../support/results.ts';
import { temporary } from '../../../support/temporary.ts';
import { capture, noPlain, open, session, stage, token, tokenIn, uid } from './sealed-world.ts';

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
