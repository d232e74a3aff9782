import { execFileSync } from 'node:child_process';
import {
  chmod,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { createPublishedDirectories } from '../../../src/adapters/store/published.ts';
import { loginText } from '../../support/logins.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';

const credentials = '.credentials.json';
const uid = process.getuid?.() ?? null;
const isRoot = uid === 0;

const setup = async () => {
  const { root } = await temporary();
  const directory = join(root, 'published');
  const port = createPublishedDirectories({ uid });
  const write = (name: string, owner = null as { uid: number; gid: number } | null) =>
    port.write(
      directory,
      new Map([
        [credentials, loginText(name)],
        ['.claude.json', '{}'],
      ]),
      owner,
    );
  return { root, directory, port, write };
};

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

it('makes the directory, closed to others whatever the umask', async () => {
  const { directory, port, write } = await setup();
  const before = process.umask(0);
  unwrap(await write('a'));
  process.umask(before);
  expect(await modeOf(directory)).toBe(0o700);
  expect(await modeOf(join(directory, credentials))).toBe(0o600);
  expect(await modeOf(join(directory, '.claude.json'))).toBe(0o600);
  expect(unwrap(await port.look(directory))).toMatchObject({
    directory,
    credentials: loginText('a'),
    stateFile: '{}',
  });
});

it('replaces the file by another one, and keeps the directory', async () => {
  const { directory, write } = await setup();
  await mkdir(directory, { mode: 0o755 });
  unwrap(await write('a'));
  await writeFile(join(directory, 'notes.txt'), 'mine');
  const [inode, file] = [(await stat(directory)).ino, (await stat(join(directory, credentials))).ino];
  unwrap(await write('b'));
  expect((await stat(directory)).ino).toBe(inode);
  expect((await stat(join(directory, credentials))).ino).not.toBe(file);
  expect((await readdir(directory)).sort()).toEqual(['.claude.json', credentials, 'notes.txt'].sort());
  expect(await modeOf(directory)).toBe(0o700);
});

it('shows a reader that never stops looking the old login or the new one, at every moment', async () => {
  const { directory, write } = await setup();
  unwrap(await write('0'));
  const reader = new Worker(
    `const { readFileSync } = require('node:fs');
     const { parentPort, workerData } = require('node:worker_threads');
     let reads = 0; const seen = new Set(); let stop = false;
     parentPort.on('message', () => { stop = true; });
     const look = () => {
       for (let n = 0; n < 200; n += 1) {
         reads += 1;
         try { seen.add(JSON.parse(readFileSync(workerData, 'utf8')).claudeAiOauth.accessToken); }
         catch (error) { parentPort.postMessage({ error: String(error) }); return; }
       }
       if (stop) parentPort.postMessage({ reads, tokens: seen.size }); else setImmediate(look);
     };
     look();`,
    { eval: true, workerData: join(directory, credentials) },
  );
  const told = new Promise<{ error?: string; reads?: number; tokens?: number }>((resolve) =>
    reader.once('message', resolve),
  );
  for (let count = 1; count <= 300; count += 1) unwrap(await write(String(count)));
  reader.postMessage('stop');
  const { error, reads, tokens } = await told;
  await reader.terminate();
  expect(error).toBeUndefined();
  expect(reads).toBeGreaterThan(300);
  expect(tokens).toBeGreaterThan(10);
});

it('does not close a directory that is in use for something else', async () => {
  const { directory, write } = await setup();
  await mkdir(directory, { mode: 0o755 });
  await writeFile(join(directory, 'hosts'), '');
  expect(expectFailure(await write('a'), 'directory.occupied')).toContain('hosts');
  expect([await modeOf(directory), await readdir(directory)]).toEqual([0o755, ['hosts']]);
  await chmod(directory, 0o700);
  unwrap(await write('a'));
});

it('refuses a link, a file, and a directory that others may write into', async () => {
  const { root, directory, port, write } = await setup();
  await mkdir(join(root, 'real'), { mode: 0o700 });
  await symlink(join(root, 'real'), directory);
  expect(expectFailure(await write('a'), 'directory.unsafe')).toContain(join(root, 'real'));
  expectFailure(await port.look(directory), 'directory.unsafe');
  await chmod(join(root, 'real'), 0o777);
  expectFailure(
    await port.write(join(root, 'real'), new Map([[credentials, '{}']]), null),
    'directory.unsafe',
  );
  await writeFile(join(root, 'file'), '');
  expectFailure(await port.write(join(root, 'file'), new Map(), null), 'directory.unsafe');
  expect(await readdir(join(root, 'real'))).toEqual([]);
});

it('reads nothing through a link that a container has put there, and writes over the link itself', async () => {
  const { root, directory, port, write } = await setup();
  unwrap(await write('a'));
  const elsewhere = join(root, 'elsewhere.json');
  await writeFile(elsewhere, loginText('secret'));
  for (const name of [credentials, '.claude.json']) {
    await rename(join(directory, name), join(directory, `${name}.old`));
    await symlink(elsewhere, join(directory, name));
  }
  expect(unwrap(await port.look(directory))).toMatchObject({ credentials: null, stateFile: null });
  unwrap(await write('b'));
  expect(await readFile(elsewhere, 'utf8')).toBe(loginText('secret'));
  expect((await lstat(join(directory, credentials))).isFile()).toBe(true);
});

it('does not wait for a FIFO, and takes nothing that is larger than any login', async () => {
  const { directory, port, write } = await setup();
  await mkdir(directory, { mode: 0o700 });
  execFileSync('mkfifo', [join(directory, credentials)]);
  await writeFile(join(directory, '.claude.json'), ' '.repeat(2 * 1024 * 1024));
  expect(unwrap(await port.look(directory))).toMatchObject({ credentials: null, stateFile: null });
  unwrap(await write('a'));
  expect((await lstat(join(directory, credentials))).isFile()).toBe(true);
});

it('removes what a writer that was killed left, and nothing else', async () => {
  const { directory, write } = await setup();
  unwrap(await write('a'));
  const draft = join(directory, '.claude-setup-published-00000000-0000-4000-8000-000000000000');
  await writeFile(draft, 'half');
  await writeFile(join(directory, '.claude-setup-published-notes'), 'mine');
  unwrap(await write('b'));
  expect((await readdir(directory)).sort()).toEqual(
    ['.claude-setup-published-notes', '.claude.json', credentials].sort(),
  );
});

it('removes files, also when they are gone', async () => {
  const { directory, port, write } = await setup();
  unwrap(await write('a'));
  unwrap(await port.remove(directory, [credentials, 'never-there']));
  expect(await readdir(directory)).toEqual(['.claude.json']);
  unwrap(await port.remove(join(directory, 'gone'), [credentials]));
});

it('resolves a path as far as it is there', async () => {
  const { root, port } = await setup();
  await mkdir(join(root, 'real'));
  await symlink(join(root, 'real'), join(root, 'link'));
  expect(await port.realPath(join(root, 'link', 'not', 'there'))).toBe(join(root, 'real', 'not', 'there'));
});

it('leaves a second name of the old file as it was', async () => {
  const { root, directory, write } = await setup();
  unwrap(await write('a'));
  await link(join(directory, credentials), join(root, 'second-name'));
  unwrap(await write('b'));
  expect(await readFile(join(root, 'second-name'), 'utf8')).toBe(loginText('a'));
});

it('says plainly that only root can give files to another user', async () => {
  const { directory, root } = await setup();
  const plain = createPublishedDirectories({ uid: 4242 });
  const line = expectFailure(
    await plain.write(directory, new Map([[credentials, '{}']]), { uid: 1000, gid: 1000 }),
    'publish.owner',
  );
  expect(line).toContain('only root');
  expect(await readdir(root)).not.toContain('published');
});

it.skipIf(!isRoot)('gives everything to the owner that was asked for, as root (needs root)', async () => {
  const { directory, write, port } = await setup();
  unwrap(await write('a', { uid: 1000, gid: 1001 }));
  for (const path of [directory, join(directory, credentials), join(directory, '.claude.json')])
    expect(await stat(path)).toMatchObject({ uid: 1000, gid: 1001 });
  // Asked for nobody it stays with whom it belongs to.
  unwrap(await write('b'));
  expect(await stat(join(directory, credentials))).toMatchObject({ uid: 1000, gid: 1001 });
  expect(unwrap(await port.look(directory)).owner).toEqual({ uid: 1000, gid: 1001 });
});
