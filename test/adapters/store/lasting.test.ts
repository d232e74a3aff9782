import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { createAuthStore } from '../../../src/adapters/store/auth-store.ts';
import { type FileSystem, realFileSystem } from '../../../src/adapters/store/file-system.ts';
import { streamOf, tarOf } from '../../support/config-tar.ts';
import { loginText, stateText } from '../../support/logins.ts';
import { unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';

/** The real file system, and the names of what was made to last or moved on it, in that order. */
const watched = () => {
  const deeds: string[] = [];
  const files: FileSystem = {
    ...realFileSystem,
    open: async (...args) => {
      const handle = await realFileSystem.open(...args);
      const sync = handle.sync.bind(handle);
      handle.sync = () => {
        deeds.push(`sync ${basename(String(args[0]))}`);
        return sync();
      };
      return handle;
    },
    rename: (from, to) => {
      deeds.push(`move ${basename(String(to))}`);
      return realFileSystem.rename(from, to);
    },
  };
  return { deeds, files };
};

it('what makes up the login lasts before anything is moved; what lies deeper is not waited for', async () => {
  const { authDir } = await temporary();
  const { deeds, files } = watched();
  const store = createAuthStore({ uid: process.getuid?.() ?? null, files });
  const own = ['.credentials.json', '.claude.json', 'settings.json', 'oauth-token'];
  const archive = await tarOf([
    ['./.credentials.json', loginText('one')],
    ['./.claude.json', stateText('one')],
    ['./settings.json', '{}'],
    ['./oauth-token', 'x'],
    ['./projects/-app/talk.jsonl', '{}'],
    ['./projects/large', 'x'.repeat(700_000)],
  ]);
  const signal = new AbortController().signal;
  const staged = unwrap(await store.stage(authDir, streamOf(archive), { leaveOut: [], signal }));
  const inTree = deeds.splice(0).filter((deed) => deed !== 'sync owner.json');
  expect(inTree.toSorted()).toEqual([...own, basename(staged.path)].map((name) => `sync ${name}`).toSorted());
  // The names in the directory last only when the files in it do.
  expect(inTree.at(-1)).toBe(`sync ${basename(staged.path)}`);

  unwrap(await store.commit(staged));
  const journal = deeds.indexOf('move journal.json');
  const login = deeds.indexOf('move .credentials.json');
  expect(journal).toBeGreaterThan(-1);
  expect(deeds[journal + 1]).toMatch(/^sync /);
  expect(login).toBeGreaterThan(journal);
  expect(deeds.slice(login)).toContain(`sync ${basename(authDir)}`);
});
