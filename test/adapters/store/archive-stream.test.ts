import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pack } from 'tar-stream';
import { expect, it } from 'vitest';
import { createAuthStore } from '../../../src/adapters/store/auth-store.ts';
import { realFileSystem } from '../../../src/adapters/store/file-system.ts';
import { unpack } from '../../../src/adapters/store/unpack.ts';
import { reusingStreamOf, streamOf, tarOf } from '../../support/config-tar.ts';
import { diskState } from '../../support/disk-state.ts';
import { loginText } from '../../support/logins.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';

const store = createAuthStore({ uid: process.getuid?.() ?? null });
const signal = new AbortController().signal;
const stage = (authDir: string, tar: Readable, on = signal) =>
  store.stage(authDir, tar, { leaveOut: [], signal: on });

/** An archive whose headers carry pax fields, which tar-stream writes but its typings of a header leave open. */
const withPax = async (pax: Readonly<Record<string, string>>): Promise<Readable> => {
  const archive = pack();
  archive.entry({ name: './a', pax }, 'x');
  archive.finalize();
  return Readable.from(archive);
};

it('an archive that stops anywhere before its end mark is truncated, also between two entries', async () => {
  const { home, authDir } = await temporary();
  const whole = await tarOf([
    ['./.credentials.json', loginText('one')],
    ['./zeros', Buffer.alloc(2048)],
    ['./empty', ''],
  ]);
  expect(whole.length % 512).toBe(0);
  for (let length = 0; length < whole.length; length += 512) {
    expectFailure(await stage(authDir, streamOf(whole.subarray(0, length))), 'capture.truncated');
  }
  for (const length of [1, 700, 1030]) {
    expectFailure(await stage(authDir, streamOf(whole.subarray(0, length))), 'capture.truncated');
  }
  expect(diskState(home)).toEqual({});
  unwrap(await stage(authDir, streamOf(Buffer.concat([whole, Buffer.alloc(8192)]))));
});

it.each([1, 500, 512, 4096, 300_000])(
  'what was given back in chunks of %i bytes, and used again, is looked at no more',
  async (chunkSize) => {
    const { authDir } = await temporary();
    const content = (size: number, step: number) =>
      Buffer.from(Array.from({ length: size }, (_, at) => (at * step) % 251));
    const files = { small: content(700, 3), large: content(chunkSize === 1 ? 5000 : 1_200_000, 7) };
    const long = `./${'n'.repeat(200)}`;
    const archive = await tarOf([
      ['./small', files.small],
      ['./large', files.large],
      [long, 'y'],
      ['./left/out', 'z'.repeat(2000)],
    ]);
    const tar = reusingStreamOf(archive, chunkSize);
    const { path } = unwrap(await store.stage(authDir, tar, { leaveOut: ['left'], signal }));
    expect((await readFile(join(path, 'small'))).equals(files.small)).toBe(true);
    expect((await readFile(join(path, 'large'))).equals(files.large)).toBe(true);
    expect(await readFile(join(path, long), 'utf8')).toBe('y');
    expect((await readdir(path)).toSorted()).toEqual(['large', long.slice(2), 'small']);
  },
);

it('a stream that fails in the middle, or before anybody reads it, is truncated', async () => {
  const { home, authDir } = await temporary();
  const whole = await tarOf([['./a', 'x'.repeat(100_000)]]);
  const failing = Readable.from(
    (async function* () {
      yield whole.subarray(0, 50_000);
      throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    })(),
  );
  expectFailure(await stage(authDir, failing), 'capture.truncated');
  const dead = new Readable({ read: () => {} });
  dead.destroy(new Error('too early'));
  expectFailure(await stage(authDir, dead), 'capture.truncated');
  expect(diskState(home)).toEqual({});
});

it('a stream that stalls ends with the signal', async () => {
  const { home, authDir } = await temporary();
  const whole = await tarOf([['./a', 'x'.repeat(3_000_000)]]);
  const abort = new AbortController();
  let sent = false;
  const stalled = new Readable({
    read() {
      if (sent) abort.abort();
      else this.push(whole.subarray(0, 2_000_000));
      sent = true;
    },
  });
  expectFailure(await stage(authDir, stalled, abort.signal), 'interrupted');
  expect(stalled.destroyed).toBe(true);
  expect(diskState(home)).toEqual({});
});

it('what is no archive is refused', async () => {
  const { authDir } = await temporary();
  expectFailure(await stage(authDir, streamOf(Buffer.from('<html>'.repeat(1000)))), 'capture.unsafe-archive');
  expectFailure(await stage(authDir, streamOf(Buffer.alloc(0))), 'capture.truncated');
});

it.each([0x81, 0x8e, 0xdd])(
  'a size that begins with %i, which is no number, is refused at once',
  async (byte) => {
    const { authDir } = await temporary();
    const archive = await tarOf([
      ['./a', 'x'],
      ['./b', 'x'],
    ]);
    archive[124] = byte;
    archive.fill(' ', 148, 156);
    const sum = archive.subarray(0, 512).reduce((total, each) => total + each, 0);
    archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    expectFailure(await stage(authDir, streamOf(archive)), 'capture.unsafe-archive');
  },
);

it('pax fields are obeyed in what they name, and no sparse file is taken', async () => {
  const { authDir } = await temporary();
  const long = `${'deep/'.repeat(30)}${'n'.repeat(200)}`;
  const staging = unwrap(await stage(authDir, await withPax({ path: `./${long}` })));
  expect(await readFile(join(staging.path, long), 'utf8')).toBe('x');
  expectFailure(await stage(authDir, await withPax({ path: '/etc/cron.d/x' })), 'capture.unsafe-archive');
  expectFailure(await stage(authDir, await withPax({ path: '../x' })), 'capture.unsafe-archive');
  for (const key of ['GNU.sparse.major', 'GNU.sparse.map']) {
    expectFailure(await stage(authDir, await withPax({ [key]: '1' })), 'capture.unsafe-archive');
  }
  expectFailure(await stage(authDir, await withPax({ size: '99999999999999' })), 'capture.too-large');
  expectFailure(await stage(authDir, await withPax({ size: '-1' })), 'capture.unsafe-archive');
});

it('names a hostile entry in one line without its control characters', async () => {
  const { authDir } = await temporary();
  const name = './\u001b]0;owned\u0007\u202e/../x\nsecond line';
  const line = expectFailure(
    await stage(authDir, streamOf(await tarOf([[name, 'x']]))),
    'capture.unsafe-archive',
  );
  expect(line).toContain('?]0;owned??/../x?second line');
});

it('an endless stream of small entries, or of nothing, ends at its bound', async () => {
  const { home, authDir } = await temporary();
  const limits = { entries: 1000, bytes: 100_000, streamBytes: 1_000_000 };
  const unpackInto = async (tar: Readable) => {
    const directory = join(home, `d${Math.random()}`);
    await realFileSystem.mkdir(directory);
    return unpack(realFileSystem, tar, directory, { leaveOut: ['out'], signal, limits });
  };
  const repeated = (block: Buffer) =>
    Readable.from(
      (function* () {
        for (;;) yield block;
      })(),
    );
  const kept = (await tarOf([['./out/x', '']])).subarray(0, 512);
  expect(expectFailure(await unpackInto(repeated(kept)), 'capture.too-large')).toContain('1000 entries');
  expectFailure(await unpackInto(repeated(Buffer.alloc(512))), 'capture.too-large');
  const global = await tarOf([['pax_global_header', { type: 'file', content: 'x'.repeat(100) }]]);
  global.write('g', 156, 'latin1');
  global.fill(' ', 148, 156);
  const sum = global.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  global.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  expectFailure(await unpackInto(repeated(global.subarray(0, 1024))), 'capture.too-large');
  const deep = await tarOf(Array.from({ length: 60 }, (_, n) => [`./${n}/${'d/'.repeat(40)}x`, '']));
  expect(expectFailure(await unpackInto(streamOf(deep)), 'capture.too-large')).toContain('1000 entries');
  expectFailure(
    await unpackInto(streamOf(await tarOf([['./big', 'x'.repeat(100_001)]]))),
    'capture.too-large',
  );
  expect(await readdir(authDir).catch(() => [])).toEqual([]);
});

it('keeps the times of files, and makes nothing of impossible ones', async () => {
  const { authDir } = await temporary();
  const then = new Date(Date.UTC(2026, 2, 3));
  const staging = unwrap(
    await stage(
      authDir,
      streamOf(
        await tarOf([
          ['./then', { content: 'x', mtime: then }],
          ['./far', { content: 'x', mtime: new Date(8e12) }],
        ]),
      ),
    ),
  );
  expect((await stat(join(staging.path, 'then'))).mtime).toEqual(then);
  expect(Math.abs((await stat(join(staging.path, 'far'))).mtimeMs - Date.now())).toBeLessThan(60_000);
});

it('tells how far it is', async () => {
  const { authDir } = await temporary();
  const seen: number[] = [];
  const tar = streamOf(
    await tarOf([
      ['./a', 'x'.repeat(10)],
      ['./b', 'x'.repeat(700_000)],
      ['./cache/c', 'x'],
    ]),
  );
  const staging = unwrap(
    await store.stage(authDir, tar, {
      leaveOut: ['cache'],
      signal,
      onProgress: ({ bytes }) => seen.push(bytes),
    }),
  );
  expect(seen).toEqual([10, 700_010]);
  expect(staging).toMatchObject({ files: 2, bytes: 700_010 });
});

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Bytes, after a collection. */
const memoryInUse = (): number => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

it('what is said of all entries does not pile up, however often it is said', async () => {
  const { home } = await temporary();
  const directory = join(home, 'd');
  await realFileSystem.mkdir(directory);
  const said = (number: number): Buffer => {
    const record = `1000 TEST.key-${number}=`;
    const archive = Buffer.alloc(512 + 1024);
    archive.write(`${record}${'x'.repeat(1000 - record.length - 1)}\n`, 512, 'latin1');
    archive.write('pax\0', 0, 'latin1');
    archive.write('00000001750\0', 124, 'latin1');
    archive.write('g', 156, 'latin1');
    archive.write('ustar\u000000', 257, 'latin1');
    archive.fill(' ', 148, 156);
    const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    return archive;
  };
  const alive: number[] = [];
  const many = Readable.from(
    (function* () {
      for (let number = 0; ; number += 1) {
        if (number % 20_000 === 10_000) alive.push(memoryInUse());
        yield said(number);
      }
    })(),
  );
  const limits = { entries: 1000, bytes: 100_000, streamBytes: 150_000_000 };
  const outcome = await unpack(realFileSystem, many, directory, { leaveOut: [], signal, limits });
  expectFailure(outcome, 'capture.too-large');
  // What is said between the first look and the last comes to 80 MB.
  expect(alive).toHaveLength(5);
  expect((alive.at(-1) ?? 0) - (alive[0] ?? 0)).toBeLessThan(30e6);
}, 60_000);
