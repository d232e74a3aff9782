import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loginText } from '../../../support/logins.ts';
import { memoryKeyring } from '../../../support/memory-keyring.ts';
import { unwrap } from '../../../support/results.ts';
import { temporary } from '../../../support/temporary.ts';
import { capture, noPlain, open, stage, token, tokenIn } from './sealed-world.ts';

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
