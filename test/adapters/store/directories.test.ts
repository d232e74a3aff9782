import {
  chmod,
  chown,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createAuthStore } from '../../../src/adapters/store/auth-store.ts';
import { streamOf, tarOf } from '../../support/config-tar.ts';
import { diskState } from '../../support/disk-state.ts';
import { faultyFileSystem } from '../../support/faulty-file-system.ts';
import { loginText, stateText } from '../../support/logins.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';

const uid = process.getuid?.() ?? null;
const store = createAuthStore({ uid });
const asRoot = uid === 0;
const signal = new AbortController().signal;

const stage = async (authDir: string, name = 'one', on = store) =>
  on.stage(
    authDir,
    streamOf(
      await tarOf([
        ['./.credentials.json', loginText(name)],
        ['./.claude.json', stateText(name)],
        ['./projects/a/b.jsonl', name],
      ]),
    ),
    { leaveOut: [], signal },
  );

const capture = async (authDir: string, name = 'one', on = store) =>
  on.commit(unwrap(await stage(authDir, name, on)));

it('tells what a directory is used for', async () => {
  const { authDir } = await temporary();
  const use = async () => unwrap(await store.inspect(authDir));
  expect(await use()).toEqual({ kind: 'missing' });
  await mkdir(authDir, { mode: 0o755 });
  await mkdir(join(authDir, '.claude-setup'));
  expect(await use()).toEqual({ kind: 'empty' });
  for (const name of ['f', 'e', 'd', 'c', 'b', 'a']) await writeFile(join(authDir, name), '');
  expect(await use()).toEqual({ kind: 'occupied', names: ['a', 'b', 'c', 'd', 'e'] });
  await writeFile(join(authDir, '.claude.json'), '');
  expect(await use()).toEqual({ kind: 'captured' });
  await rm(authDir, { recursive: true });
  await writeFile(authDir, '');
  expect(await use()).toEqual({ kind: 'not-a-directory' });
});

it('refuses a directory that others may write into, and everything that would write into it', async () => {
  const { root, authDir } = await temporary();
  for (const mode of [0o770, 0o707, 0o722]) {
    await mkdir(authDir);
    await chmod(authDir, mode);
    expect(expectFailure(await store.inspect(authDir), 'directory.unsafe')).toContain('chmod 700');
    expectFailure(await stage(authDir), 'directory.unsafe');
    expectFailure(await store.write(authDir, new Map([['oauth-token', 'x']])), 'directory.unsafe');
    await rm(authDir, { recursive: true });
  }
  expect(Object.keys(diskState(root))).toEqual(['home']);
});

it('refuses a link and names where it leads; a link above is fine', async () => {
  const { home, root, authDir } = await temporary();
  const real = join(root, 'real');
  await mkdir(real, { mode: 0o700 });
  await symlink(real, authDir);
  expect(expectFailure(await store.inspect(authDir), 'directory.unsafe')).toContain(real);
  expectFailure(await stage(authDir), 'directory.unsafe');
  await symlink(home, join(root, 'link'));
  unwrap(await capture(join(root, 'link', 'auth')));
  expect(await readFile(join(home, 'auth/.credentials.json'), 'utf8')).toBe(loginText('one'));
});

it('refuses a directory that becomes unsafe between staging and commit', async () => {
  const { root, authDir } = await temporary();
  const elsewhere = join(root, 'elsewhere');
  await mkdir(elsewhere, { mode: 0o700 });
  const staging = unwrap(await stage(authDir));
  await symlink(elsewhere, authDir);
  expectFailure(await store.commit(staging), 'directory.unsafe');
  expect(await readdir(elsewhere)).toEqual([]);
  await rm(authDir);
  unwrap(await capture(authDir));
});

it('refuses a folder above that everybody may write into, unless it is a sticky one', async () => {
  const { root } = await temporary();
  const open = await mkdtemp(join(root, 'open-'));
  await chmod(open, 0o777);
  expectFailure(await store.inspect(join(open, 'auth')), 'directory.unsafe');
  expectFailure(await stage(join(open, 'auth')), 'directory.unsafe');
  await chmod(open, 0o1777);
  unwrap(await capture(join(open, 'auth')));
});

it.runIf(asRoot)('refuses a directory of somebody else (as root only, who can make one)', async () => {
  const { authDir } = await temporary();
  await mkdir(authDir, { mode: 0o700 });
  await chown(authDir, 12345, 12345);
  expect(expectFailure(await store.inspect(authDir), 'directory.unsafe')).toContain('12345');
  expectFailure(await stage(authDir), 'directory.unsafe');
});

it('refuses a work area that somebody else may have prepared', async () => {
  const { home, authDir } = await temporary();
  const area = join(home, '..claude-hub.claude-setup');
  await mkdir(area);
  await chmod(area, 0o777);
  expectFailure(await stage(authDir), 'directory.unsafe');
  expectFailure(await store.recover(authDir), 'directory.unsafe');
  await rm(area, { recursive: true });
  await symlink('/tmp', area);
  expectFailure(await stage(authDir), 'directory.unsafe');
  expectFailure(await store.snapshots(authDir), 'directory.unsafe');
});

it('works under any umask', async () => {
  const { authDir, home } = await temporary();
  for (const umask of [0o000, 0o077, 0o777]) {
    const before = process.umask(umask);
    onTestFinished(() => void process.umask(before));
    try {
      unwrap(await capture(authDir, `u${umask}`));
      unwrap(await store.write(authDir, new Map([['oauth-token', `${umask}`]])));
    } finally {
      process.umask(before);
    }
    const modes = Object.values(diskState(home)).map((text) => text.slice(0, 5));
    expect(new Set(modes.map((mode) => mode.trim()))).toEqual(new Set(['0700/', '0600']));
  }
});

it('closes what the CLI left open to others', async () => {
  const { authDir } = await temporary();
  await mkdir(join(authDir, 'projects/a'), { recursive: true, mode: 0o755 });
  await writeFile(join(authDir, '.credentials.json'), loginText('zero'), { mode: 0o644 });
  unwrap(await capture(authDir));
  const open = Object.entries(diskState(authDir)).filter(([, text]) => !/^0[67]00/.test(text));
  expect(open).toEqual([]);
  expect((await stat(authDir)).mode & 0o7777).toBe(0o700);
});

it.each(['with space', 'quo\'te"s', 'new\nline', 'ünï コード 🙂', '-dash', '$(touch x)', 'a'.repeat(250)])(
  'works in a folder called %j',
  async (name) => {
    const { home } = await temporary();
    const authDir = join(home, name);
    unwrap(await capture(authDir, 'one'));
    const { snapshot } = unwrap(await capture(authDir, 'two'));
    expect(unwrap(await store.snapshots(authDir))).toEqual([snapshot]);
    expect(unwrap(await store.readLogin(authDir)).login.claudeAiOauth.accessToken).toContain('two');
    expect((await store.gather(authDir)).entries).toEqual(['.claude.json', '.credentials.json', 'projects']);
    await chmod(authDir, 0o777);
    expectFailure(await store.inspect(authDir), 'directory.unsafe');
  },
);

it('says that a read-only place is one', async () => {
  const { authDir } = await temporary();
  const { files } = faultyFileSystem({
    at: 0,
    fault: { kind: 'crash' },
    always: (name) => (['mkdir', 'rename', 'symlink', 'unlink', 'rmdir'].includes(name) ? 'EROFS' : null),
  });
  const readOnly = createAuthStore({ uid, files });
  expectFailure(await stage(authDir, 'one', readOnly), 'disk.read-only');
  unwrap(await capture(authDir));
  expectFailure(await stage(authDir, 'two', readOnly), 'disk.read-only');
  expectFailure(await readOnly.write(authDir, new Map([['a', 'b']])), 'disk.read-only');
  expect(await readFile(join(authDir, '.credentials.json'), 'utf8')).toBe(loginText('one'));
});

it.skipIf(asRoot)(
  'says that a place that may not be written is one (not as root, who may write everywhere)',
  async () => {
    const { home, authDir } = await temporary();
    await chmod(home, 0o500);
    expectFailure(await stage(authDir), 'directory.unwritable');
    await chmod(home, 0o700);
    await mkdir(authDir, { mode: 0o500 });
    expectFailure(await stage(authDir), 'directory.unwritable');
    await chmod(authDir, 0o700);
    await chmod(home, 0o500);
    unwrap(await capture(authDir));
    unwrap(await capture(authDir, 'two'));
    expect(unwrap(await store.snapshots(authDir))).toHaveLength(1);
    expect(await readdir(authDir)).toContain('.claude-setup');
    expect((await store.gather(authDir)).entries).not.toContain('.claude-setup');
  },
);

it('never takes a place that something of another type holds, and leaves nothing behind', async () => {
  const { home, authDir } = await temporary();
  unwrap(await capture(authDir));
  const projects = join(authDir, 'projects/a/b.jsonl');
  await rm(projects);
  await mkdir(projects);
  await writeFile(join(projects, 'precious'), 'mine');
  const before = diskState(home);
  expect(expectFailure(await capture(authDir, 'two'), 'directory.occupied')).toContain('projects/a/b.jsonl');
  expect(diskState(home)).toEqual(before);
  await rm(join(authDir, 'projects'), { recursive: true });
  await symlink('/tmp', join(authDir, 'projects'));
  expect(expectFailure(await capture(authDir, 'two'), 'directory.occupied')).toContain('projects');
});

it('takes the place of an empty directory that Docker made for a missing file', async () => {
  const { authDir } = await temporary();
  await mkdir(join(authDir, '.credentials.json'), { recursive: true, mode: 0o700 });
  unwrap(await capture(authDir));
  expect(await readFile(join(authDir, '.credentials.json'), 'utf8')).toBe(loginText('one'));
});

it('replaces a link in the place of the credentials, and a name of a file that has others', async () => {
  const { home, authDir } = await temporary();
  await mkdir(authDir, { mode: 0o700 });
  const elsewhere = join(home, 'elsewhere');
  await writeFile(elsewhere, loginText('zero'), { mode: 0o600 });
  await symlink(elsewhere, join(authDir, '.credentials.json'));
  await link(elsewhere, join(authDir, '.claude.json'));
  const { snapshot } = unwrap(await capture(authDir));
  expect(await readFile(elsewhere, 'utf8')).toBe(loginText('zero'));
  if (snapshot === null) throw new Error('no snapshot');
  unwrap(await store.rollback(authDir, snapshot));
  expect(await readFile(join(authDir, '.credentials.json'), 'utf8')).toBe(loginText('zero'));
});

it('writes single files by name, never through a link', async () => {
  const { root, authDir } = await temporary();
  const elsewhere = join(root, 'elsewhere');
  await mkdir(elsewhere);
  unwrap(
    await store.write(
      authDir,
      new Map([
        ['oauth-token', 'first'],
        ['deep/er/x', 'y'],
      ]),
    ),
  );
  unwrap(await store.write(authDir, new Map([['oauth-token', 'second']])));
  expect(diskState(authDir)).toEqual({
    deep: '0700/',
    'deep/er': '0700/',
    'deep/er/x': '0600 y',
    'oauth-token': '0600 second',
  });
  await symlink(elsewhere, join(authDir, 'link'));
  expectFailure(await store.write(authDir, new Map([['link/x', 'y']])), 'disk.error');
  await expect(store.write(authDir, new Map([['../x', 'y']]))).rejects.toThrow('leads out');
  expect(await readdir(elsewhere)).toEqual([]);
  expect(Object.keys(diskState(root)).filter((name) => name.includes('claude-setup'))).toEqual([]);
});
