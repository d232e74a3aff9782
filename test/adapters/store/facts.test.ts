import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createAuthStore } from '../../../src/adapters/store/auth-store.ts';
import { gatherFacts } from '../../../src/adapters/store/facts.ts';
import { realFileSystem } from '../../../src/adapters/store/file-system.ts';
import { loginText, stateText } from '../../support/logins.ts';
import { temporary } from '../../support/temporary.ts';

const uid = process.getuid?.() ?? null;
const store = createAuthStore({ uid });

const made = async () => {
  const world = await temporary();
  await mkdir(world.authDir, { mode: 0o700 });
  return { ...world, credentials: join(world.authDir, '.credentials.json') };
};

it('tells what is there', async () => {
  const { authDir, credentials } = await made();
  await writeFile(credentials, loginText('one'), { mode: 0o600 });
  await writeFile(join(authDir, '.claude.json'), stateText('one'), { mode: 0o640 });
  await mkdir(join(authDir, 'projects'));
  await mkdir(join(authDir, '.claude-setup'));
  const facts = await store.gather(authDir);
  expect(facts.directory).toEqual({
    kind: 'directory',
    isLink: false,
    mode: 0o700,
    uid,
    size: facts.directory.size,
    writable: true,
  });
  expect(facts.credentials).toMatchObject({ kind: 'file', mode: 0o600, uid, size: loginText('one').length });
  expect(Buffer.from(facts.credentials.content ?? []).toString()).toBe(loginText('one'));
  expect(facts.state).toMatchObject({ kind: 'file', mode: 0o640 });
  expect(facts.settings).toEqual({
    kind: 'missing',
    isLink: false,
    mode: 0,
    uid: null,
    size: 0,
    content: null,
  });
  expect(facts.entries).toEqual(['.claude.json', '.credentials.json', 'projects']);
});

it('says missing where there is nothing, and where a file is in the way', async () => {
  const { authDir, credentials } = await made();
  expect((await store.gather(join(authDir, 'nowhere'))).directory).toMatchObject({
    kind: 'missing',
    writable: false,
  });
  await writeFile(credentials, '');
  const facts = await store.gather(credentials);
  expect(facts.directory).toMatchObject({ kind: 'file', writable: false });
  expect(facts.credentials.kind).toBe('missing');
});

it('follows links, and tells those that lead nowhere or round in a circle', async () => {
  const { home, authDir, credentials } = await made();
  await writeFile(join(home, 'elsewhere.json'), loginText('one'), { mode: 0o600 });
  await symlink('../elsewhere.json', credentials);
  await symlink('nowhere', join(authDir, '.claude.json'));
  await symlink('settings.json', join(authDir, 'settings.json'));
  const facts = await store.gather(authDir);
  expect(facts.credentials).toMatchObject({ kind: 'file', isLink: true, mode: 0o600 });
  expect(facts.state).toMatchObject({ kind: 'dangling-link', isLink: true });
  expect(facts.settings).toMatchObject({ kind: 'dangling-link', isLink: true });
});

it('never waits for a FIFO, a device or a socket', async () => {
  const { authDir, credentials } = await made();
  execFileSync('mkfifo', [credentials]);
  await symlink('/dev/zero', join(authDir, '.claude.json'));
  const server = createServer().listen(join(authDir, 'settings.json'));
  onTestFinished(() => void server.close());
  await mkdir(join(authDir, 'oauth-token'));
  const facts = await store.gather(authDir);
  expect(facts.credentials).toMatchObject({ kind: 'other', isLink: false, content: null });
  expect(facts.state).toMatchObject({ kind: 'other', isLink: true, content: null });
  expect(facts.settings).toMatchObject({ kind: 'other', content: null });
  expect(facts.oauthToken).toMatchObject({ kind: 'directory', content: null });
});

it('reads 1 MiB and not a byte more', async () => {
  const { authDir, credentials } = await made();
  await writeFile(credentials, Buffer.alloc(1024 * 1024, 'x'));
  await writeFile(join(authDir, '.claude.json'), Buffer.alloc(1024 * 1024 + 1, 'x'));
  const facts = await store.gather(authDir);
  expect(facts.credentials.content).toHaveLength(1024 * 1024);
  expect(facts.state).toMatchObject({ kind: 'file', size: 1024 * 1024 + 1, content: null });
});

it('says missing for a file that goes away while it is looked at, and other for one that is swapped for a FIFO', async () => {
  const { authDir, credentials } = await made();
  const put = () => writeFile(credentials, loginText('one'));
  await put();
  const gone = await gatherFacts(
    {
      ...realFileSystem,
      stat: async (...args: Parameters<typeof realFileSystem.stat>) => {
        const stats = await realFileSystem.stat(...args);
        await rm(credentials, { force: true });
        return stats;
      },
    } as typeof realFileSystem,
    authDir,
  );
  expect(gone.credentials.kind).toBe('missing');
  await put();
  const swapped = await gatherFacts(
    {
      ...realFileSystem,
      stat: async (...args: Parameters<typeof realFileSystem.stat>) => {
        const stats = await realFileSystem.stat(...args);
        if (args[0] === credentials) {
          await rm(credentials);
          execFileSync('mkfifo', [credentials]);
        }
        return stats;
      },
    } as typeof realFileSystem,
    authDir,
  );
  expect(swapped.credentials).toMatchObject({ kind: 'other', content: null });
});

const root = uid === 0;
it.skipIf(root)('tells what may not be read (not as root, who may read everything)', async () => {
  const { authDir, credentials } = await made();
  await writeFile(credentials, loginText('one'), { mode: 0o600 });
  await chmod(credentials, 0);
  expect((await store.gather(authDir)).credentials).toMatchObject({ kind: 'unreadable', mode: 0, uid });
  await chmod(authDir, 0);
  const closed = await store.gather(authDir);
  expect(closed.directory).toMatchObject({ kind: 'directory', mode: 0, writable: false });
  expect(closed.credentials.kind).toBe('unreadable');
});

it('follows a directory that is a link, and says so', async () => {
  const { home, authDir, credentials } = await made();
  await writeFile(credentials, loginText('one'), { mode: 0o600 });
  await symlink(authDir, join(home, 'link'));
  const facts = await store.gather(join(home, 'link'));
  expect(facts.directory).toMatchObject({ kind: 'directory', isLink: true });
  expect(facts.credentials.kind).toBe('file');
});
