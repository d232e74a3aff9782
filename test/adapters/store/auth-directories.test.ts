import { existsSync } from 'node:fs';
import { chmod, link, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createAuthDirectories } from '../../../src/adapters/store/auth-directories.ts';
import { createAuthStore } from '../../../src/adapters/store/auth-store.ts';
import { realFileSystem } from '../../../src/adapters/store/file-system.ts';
import { streamOf, tarBytes } from '../../support/config-tar.ts';
import { diskState } from '../../support/disk-state.ts';
import { loginText, stateText } from '../../support/logins.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';

const uid = process.getuid?.() ?? null;
const never = new AbortController().signal;
const directories = createAuthDirectories({ uid });
const store = createAuthStore({ uid });

const capture = async (authDir: string, name: string) => {
  const tar = streamOf(await tarBytes({ '.credentials.json': loginText(name), 'projects/a.jsonl': name }));
  return unwrap(await store.commit(unwrap(await store.stage(authDir, tar, { leaveOut: [], signal: never }))));
};

/** A directory that was captured twice, beside something of somebody's that links in it lead to. */
const captured = async () => {
  const { home, authDir } = await temporary();
  await capture(authDir, 'one');
  await capture(authDir, 'two');
  const mine = join(home, 'mine');
  await mkdir(join(mine, 'deep'), { recursive: true });
  await writeFile(join(mine, 'deep', 'notes'), 'mine');
  await symlink(mine, join(authDir, 'link'));
  await symlink('../mine/deep/notes', join(authDir, 'note'));
  await link(join(mine, 'deep', 'notes'), join(authDir, 'hard'));
  return { home, authDir, mine };
};

it('purges the directory and its snapshots, and nothing that a link leads to', async () => {
  const { home, authDir, mine } = await captured();
  await mkdir(join(authDir, '.claude-setup'), { mode: 0o700 });
  unwrap(await directories.purge(authDir, [home]));
  expect(Object.keys(diskState(home))).toEqual(['mine', 'mine/deep', 'mine/deep/notes']);
  expect(await readFile(join(mine, 'deep', 'notes'), 'utf8')).toBe('mine');
  unwrap(await directories.purge(authDir, [home]));
});

it.each(['it is the home directory', 'the home directory is in it', 'a link leads to another profile in it'])(
  'purges nothing when %s',
  async (which) => {
    const { home, authDir } = await captured();
    const inner = join(authDir, 'inner');
    await mkdir(inner);
    await symlink(inner, join(home, 'inner'));
    const before = diskState(home);
    const keep = { 'it is the home directory': authDir, 'the home directory is in it': inner }[which];
    const line = expectFailure(
      await directories.purge(authDir, [keep ?? join(home, 'inner')]),
      'directory.unsafe',
    );
    expect(line).toContain(authDir);
    expect(diskState(home)).toEqual(before);
  },
);

it('purges nothing that is a link, that others may write into, or that is no directory', async () => {
  const { home, authDir } = await captured();
  await symlink(authDir, join(home, 'alias'));
  await writeFile(join(home, 'file'), '');
  const before = diskState(home);
  expectFailure(await directories.purge(join(home, 'alias'), []), 'directory.unsafe');
  expectFailure(await directories.purge(join(home, 'file'), []), 'directory.unsafe');
  expect(diskState(home)).toEqual(before);
  await chmod(authDir, 0o777);
  expectFailure(await directories.purge(authDir, []), 'directory.unsafe');
  expect(existsSync(join(authDir, '.credentials.json'))).toBe(true);
});

it('purges nothing when something else is mounted in it', async () => {
  const { home, authDir } = await captured();
  const before = diskState(home);
  const mounted = createAuthDirectories({
    uid,
    files: {
      ...realFileSystem,
      lstat: (async (path: string) => {
        const found = await realFileSystem.lstat(path);
        return path.endsWith('projects') ? Object.assign(found, { dev: found.dev + 1 }) : found;
      }) as typeof realFileSystem.lstat,
    },
  });
  expect(expectFailure(await mounted.purge(authDir, []), 'directory.unsafe')).toContain('projects');
  expect(diskState(home)).toEqual(before);
});

it('knows a directory by whichever links lead to it, also before it is there', async () => {
  const { home } = await temporary();
  await mkdir(join(home, 'data'));
  await symlink(join(home, 'data'), join(home, 'alias'));
  expect(await directories.realPath(join(home, 'alias', 'new', 'auth'))).toBe(
    await directories.realPath(`${home}/data/new/auth/`),
  );
});

it('reads the state file beside ~/.claude, and of no other directory', async () => {
  const { home } = await temporary();
  const state = stateText('ada');
  expect(unwrap(await directories.siblingState(join(home, '.claude')))).toBeNull();
  await writeFile(join(home, '.claude.json'), state);
  expect(unwrap(await directories.siblingState(join(home, '.claude')))).toBe(state);
  expect(unwrap(await directories.siblingState(join(home, '.claude-hub')))).toBeNull();
});

it('packs a directory for a capture, with files in the place of others, and leaves it as it is', async () => {
  const { home, authDir } = await temporary();
  const from = join(home, '.claude');
  await mkdir(join(from, 'projects'), { recursive: true });
  await writeFile(join(from, '.credentials.json'), loginText('ada'));
  await writeFile(join(from, '.claude.json'), '{}');
  await writeFile(join(from, 'projects', 'a.jsonl'), 'talk');
  await symlink('a.jsonl', join(from, 'projects', 'latest'));
  const before = diskState(from);
  const tar = await directories.pack(from, new Map([['.claude.json', stateText('ada')]]), never);
  unwrap(await store.commit(unwrap(await store.stage(authDir, tar, { leaveOut: [], signal: never }))));
  expect(diskState(authDir)).toEqual({
    '.claude.json': `0600 ${stateText('ada')}`,
    '.credentials.json': `0600 ${loginText('ada')}`,
    projects: '0700/',
    'projects/a.jsonl': '0600 talk',
    'projects/latest': '-> a.jsonl',
  });
  expect(diskState(from)).toEqual(before);
});
