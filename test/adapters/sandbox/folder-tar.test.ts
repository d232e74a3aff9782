import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, truncateSync } from 'node:fs';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { extract, type Header } from 'tar-stream';
import { expect, it, onTestFinished, vi } from 'vitest';
import { folderTar } from '../../../src/adapters/sandbox/folder-tar.ts';
import { temporary } from '../../support/temporary.ts';

const never = new AbortController().signal;

interface Seen {
  readonly header: Header;
  readonly content: Buffer;
}

const read = async (folder: string, between?: (name: string) => void): Promise<Record<string, Seen>> => {
  const seen: Record<string, Seen> = {};
  for await (const entry of folderTar(folder, never).pipe(extract())) {
    between?.(entry.header.name);
    seen[entry.header.name] = { header: entry.header, content: await buffer(entry) };
  }
  return seen;
};

const folderWith = async (files: Readonly<Record<string, string | Buffer>>): Promise<string> => {
  const { root } = await temporary();
  const folder = join(root, 'config');
  await mkdir(folder, { mode: 0o700 });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), content, { mode: 0o600 });
  }
  return folder;
};

it('holds files, folders and links as they are, relative to the folder', async () => {
  const long = `${'sub/'.repeat(40)}${'name'.repeat(40)} – ü.json`;
  const folder = await folderWith({ '.credentials.json': '{}', [long]: 'deep', 'empty.json': '' });
  await chmod(join(folder, 'empty.json'), 0o644);
  await symlink('/etc/passwd', join(folder, 'link'));
  await symlink('..', join(folder, 'sub', 'up'));
  const seen = await read(folder);
  expect(seen['./']?.header).toMatchObject({ type: 'directory', mode: 0o700 });
  expect(seen['./.credentials.json']).toMatchObject({ header: { mode: 0o600 }, content: Buffer.from('{}') });
  expect(seen['./empty.json']?.header).toMatchObject({ size: 0, mode: 0o644 });
  expect(seen[`./${long}`]?.content.toString()).toBe('deep');
  expect(seen['./link']?.header).toMatchObject({ type: 'symlink', linkname: '/etc/passwd' });
  expect(seen['./sub/up']?.header).toMatchObject({ type: 'symlink', linkname: '..' });
  expect(Object.keys(seen).filter((name) => name.startsWith('./sub/up/'))).toEqual([]);
});

it('leaves out what is neither, and does not wait for it', async () => {
  const folder = await folderWith({ 'a.json': 'a', 'z.json': 'z' });
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
  onTestFinished(() => void server.close());
  expect(Object.keys(await read(folder))).toEqual(['./', './a.json', './z.json']);
});

it('keeps its promise of sizes while files grow, shrink and go', async () => {
  const large = Buffer.alloc(3_000_000, 'x');
  const folder = await folderWith({ 'a-grows': large, 'b-shrinks': large, 'c-goes': 'c', 'z-last': 'last' });
  const seen = await read(folder, (name) => {
    if (name === './a-grows') appendFileSync(join(folder, 'a-grows'), 'more');
    if (name === './b-shrinks') truncateSync(join(folder, 'b-shrinks'), 10);
    if (name === './a-grows') execFileSync('rm', [join(folder, 'c-goes')]);
  });
  expect(seen['./a-grows']?.content.equals(large)).toBe(true);
  expect(seen['./b-shrinks']?.content.length).toBe(3_000_000);
  expect(seen['./c-goes']).toBeUndefined();
  expect(seen['./z-last']?.content.toString()).toBe('last');
});

it('ends with an error when it is interrupted, and when its folder is not there', async () => {
  const folder = await folderWith({ large: Buffer.alloc(5_000_000) });
  const stop = new AbortController();
  const tar = folderTar(folder, stop.signal);
  await expect(
    (async () => {
      for await (const _ of tar) stop.abort();
    })(),
  ).rejects.toThrow('aborted');
  await expect(buffer(folderTar(join(folder, 'nothing'), never))).rejects.toThrow('ENOENT');
});

it('closes its files when its reader goes away', async () => {
  const folder = await folderWith({ large: Buffer.alloc(5_000_000), later: 'later' });
  const open = () => readdirSync('/proc/self/fd').length;
  await read(folder);
  const before = open();
  for (let round = 0; round < 10; round += 1) {
    const tar = folderTar(folder, never);
    for await (const _ of tar) break;
  }
  await vi.waitFor(() => expect(open()).toBeLessThanOrEqual(before));
});
