import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createSealedStore } from '../../../../src/adapters/store/seal/sealed-store.ts';
import type { AuthStore } from '../../../../src/ports/auth-store.ts';
import { streamOf, type TarEntry, tarBytes } from '../../../support/config-tar.ts';
import { loginText, stateText } from '../../../support/logins.ts';
import type { MemoryKeyring } from '../../../support/memory-keyring.ts';
import { unwrap } from '../../../support/results.ts';
import type { Temporary } from '../../../support/temporary.ts';

export const uid = process.getuid?.() ?? null;
export const session = (name: string): Record<string, TarEntry> => ({
  './': { type: 'directory' },
  './.credentials.json': loginText(name),
  './.claude.json': stateText(name),
  './todos/1.json': '[]',
  './projects/-app/a.jsonl': `talk of ${name}`,
  './projects/latest': { type: 'symlink', linkname: '-app/a.jsonl' },
});

export const stage = async (store: AuthStore, authDir: string, name: string) =>
  store.stage(authDir, streamOf(await tarBytes(session(name))), {
    leaveOut: ['todos'],
    signal: new AbortController().signal,
  });
export const capture = async (store: AuthStore, authDir: string, name: string) =>
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

/** Nothing of a login is in plain below the place. */
export const noPlain = ({ root }: Temporary, ...besides: readonly string[]): void =>
  expect(filesWith(root, 'sk-ant-', 'talk of', ...besides)).toEqual([]);

export const open = (keyring: MemoryKeyring, passphraseFile: string | null = null) =>
  createSealedStore({ uid, keyring, passphraseFile, workFactor: 10 });

export const token = (name: string): string => JSON.parse(loginText(name)).claudeAiOauth.accessToken;
export const tokenIn = async (store: AuthStore, authDir: string): Promise<string> =>
  unwrap(await store.readLogin(authDir)).login.claudeAiOauth.accessToken;
