import { lstat, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createAuthStore } from '../../../src/adapters/store/auth-store.ts';
import type { AuthStore, Staging } from '../../../src/ports/auth-store.ts';
import { streamOf, type TarEntry, tarBytes } from '../../support/config-tar.ts';
import { loginText, stateText } from '../../support/logins.ts';
import { unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';

const newStore = (): AuthStore => createAuthStore({ uid: process.getuid?.() ?? null });

const stage = async (
  store: AuthStore,
  authDir: string,
  entries: Record<string, TarEntry>,
): Promise<Staging> =>
  unwrap(
    await store.stage(authDir, streamOf(await tarBytes(entries)), {
      leaveOut: ['todos'],
      signal: new AbortController().signal,
    }),
  );

const session = (name: string): Record<string, TarEntry> => ({
  './': { type: 'directory' },
  './.credentials.json': loginText(name),
  './.claude.json': stateText(name),
  './todos/1.json': '[]',
  './projects/-app/a.jsonl': name,
  './bin/tool': { content: '#!/bin/sh\n', mode: 0o6755 },
});

it('captures into a directory that was not there', async () => {
  const { authDir } = await temporary();
  const store = newStore();
  const staging = await stage(store, authDir, session('one'));
  expect(staging).toMatchObject({ files: 4 });
  expect(unwrap(await store.commit(staging))).toEqual({ snapshot: null });
  expect(await readFile(join(authDir, '.credentials.json'), 'utf8')).toBe(loginText('one'));
  expect((await stat(authDir)).mode & 0o7777).toBe(0o700);
  expect((await stat(join(authDir, 'projects/-app/a.jsonl'))).mode & 0o7777).toBe(0o600);
  expect((await stat(join(authDir, 'bin/tool'))).mode & 0o7777).toBe(0o700);
  await expect(lstat(join(authDir, 'todos'))).rejects.toThrow('ENOENT');
});

it('captures over a login, keeps the inode and other files, and goes back', async () => {
  const { authDir } = await temporary();
  const store = newStore();
  await mkdir(authDir, { mode: 0o700 });
  await writeFile(join(authDir, 'mine.txt'), 'mine');
  unwrap(await store.commit(await stage(store, authDir, session('one'))));
  const before = await stat(authDir);
  const { snapshot } = unwrap(await store.commit(await stage(store, authDir, session('two'))));
  expect((await stat(authDir)).ino).toBe(before.ino);
  expect(unwrap(await store.readLogin(authDir)).login.claudeAiOauth.accessToken).toContain('two');
  expect(await readFile(join(authDir, 'mine.txt'), 'utf8')).toBe('mine');
  expect(unwrap(await store.snapshots(authDir))).toEqual([snapshot]);
  if (snapshot === null) throw new Error('no snapshot');
  unwrap(await store.rollback(authDir, snapshot));
  expect(await readFile(join(authDir, '.credentials.json'), 'utf8')).toBe(loginText('one'));
  expect(unwrap(await store.snapshots(authDir))).toHaveLength(2);
});
