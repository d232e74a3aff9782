import { lstat, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAuthStore } from '../../../src/adapters/store/auth-store.ts';
import type { FailureCode } from '../../../src/domain/failure.ts';
import { streamOf, type TarEntry, tarOf } from '../../support/config-tar.ts';
import { loginText } from '../../support/logins.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';

const store = createAuthStore({ uid: process.getuid?.() ?? null });
const never = new AbortController().signal;

const stageBytes = (authDir: string, bytes: Uint8Array, signal = never) =>
  store.stage(authDir, streamOf(bytes), { leaveOut: [], signal });

const login: readonly [string, TarEntry] = ['./.credentials.json', loginText('one')];

type Entries = readonly (readonly [string, TarEntry])[];

/** Everything below a folder, without the insides of files. */
const names = async (root: string): Promise<readonly string[]> =>
  (await readdir(root, { recursive: true })).toSorted();

describe('an archive that is not to be trusted', () => {
  it.each<[string, Entries, FailureCode]>([
    ['an absolute path', [['/etc/cron.d/x', 'x']], 'capture.unsafe-archive'],
    ['a way out', [['./../out', 'x']], 'capture.unsafe-archive'],
    ['a way out in the middle', [['./a/../../out', 'x']], 'capture.unsafe-archive'],
    [
      'a link to elsewhere',
      [['./link', { type: 'symlink', linkname: '/etc/passwd' }]],
      'capture.unsafe-archive',
    ],
    ['a link out', [['./a/link', { type: 'symlink', linkname: '../../x' }]], 'capture.unsafe-archive'],
    [
      'a file through a link',
      [
        ['./link', { type: 'symlink', linkname: '.' }],
        ['./link/x', 'x'],
      ],
      'capture.unsafe-archive',
    ],
    [
      'a hard link',
      [login, ['./hard', { type: 'link', linkname: './.credentials.json' }]],
      'capture.unsafe-archive',
    ],
    [
      'a device',
      [['./null', { type: 'character-device', devmajor: 1, devminor: 3 }]],
      'capture.unsafe-archive',
    ],
    [
      'a block device',
      [['./disk', { type: 'block-device', devmajor: 8, devminor: 0 }]],
      'capture.unsafe-archive',
    ],
    ['a pipe', [['./pipe', { type: 'fifo' }]], 'capture.unsafe-archive'],
    ['the same name twice', [login, login], 'capture.unsafe-archive'],
    [
      'names that clash where case does not count',
      [
        ['./Settings.json', '{}'],
        ['./settings.json', '{}'],
      ],
      'capture.unsafe-archive',
    ],
    [
      'a folder in the place of the credentials',
      [['./.credentials.json/', { type: 'directory' }]],
      'capture.unsafe-archive',
    ],
    [
      'a link in the place of the credentials',
      [
        ['./kept', 'x'],
        ['./.credentials.json', { type: 'symlink', linkname: 'kept' }],
      ],
      'capture.unsafe-archive',
    ],
    [
      'a file in the place of a folder',
      [
        ['./a', 'x'],
        ['./a/b', 'x'],
      ],
      'capture.unsafe-archive',
    ],
    ['another spelling of the credentials', [['./.Credentials.JSON', 'x']], 'capture.unsafe-archive'],
    ['one with a character that is not seen', [['./.credentials\u200c.json', 'x']], 'capture.unsafe-archive'],
    [
      'two names that differ in a Kelvin sign',
      [
        ['./a\u212a', 'x'],
        ['./ak', 'x'],
      ],
      'capture.unsafe-archive',
    ],
    ['a name of 256 bytes', [[`./${'x'.repeat(256)}`, 'x']], 'capture.unsafe-archive'],
    ['a path of 4,000 characters', [[`./${'dddddddd/'.repeat(440)}x`, 'x']], 'capture.unsafe-archive'],
    ['65 directories in one another', [[`./${'d/'.repeat(65)}x`, 'x']], 'capture.unsafe-archive'],
    ['a name of 5,000 characters', [[`./${'x'.repeat(5000)}`, 'x']], 'capture.unsafe-archive'],
  ])('%s is refused with one line, and nothing is touched', async (_what, entries, code) => {
    const { root, home, authDir } = await temporary();
    await mkdir(authDir, { mode: 0o700 });
    await writeFile(join(authDir, '.credentials.json'), loginText('before'), { mode: 0o600 });
    const before = await names(root);
    expectFailure(await stageBytes(authDir, await tarOf(entries)), code);
    expect(await names(root)).toEqual(before);
    expect(await readFile(join(authDir, '.credentials.json'), 'utf8')).toBe(loginText('before'));
    expect(home).toBeTruthy();
  });

  it('a stream that is cut is refused', async () => {
    const { root, authDir } = await temporary();
    const whole = await tarOf([login, ['./big', 'x'.repeat(100_000)]]);
    for (const length of [1, 511, 512, 700, 50_000, whole.length - 1024 - 511]) {
      const staged = await stageBytes(authDir, whole.subarray(0, length));
      expect(staged.ok).toBe(false);
    }
    expect((await names(root)).filter((name) => name.includes('staging'))).toEqual([]);
  });

  it('a size that is only claimed is refused before it is written', async () => {
    const { authDir } = await temporary();
    const archive = await tarOf([['./huge', 'x']]);
    archive.write('77777777777\0', 124, 'latin1');
    let sum = 0;
    archive.fill(' ', 148, 156);
    for (let at = 0; at < 512; at += 1) sum += archive[at] ?? 0;
    archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    expectFailure(await stageBytes(authDir, archive), 'capture.too-large');
  });

  it('set-id bits and open modes are dropped, and links that stay inside are kept', async () => {
    const { authDir } = await temporary();
    const staging = unwrap(
      await stageBytes(
        authDir,
        await tarOf([
          login,
          ['./tool', { content: 'x', mode: 0o6777 }],
          ['./open', { content: 'x', mode: 0o666 }],
          ['./d/', { type: 'directory', mode: 0o1777 }],
          ['./d/here', { type: 'symlink', linkname: '../open' }],
        ]),
      ),
    );
    expect((await stat(join(staging.path, 'tool'))).mode & 0o7777).toBe(0o700);
    expect((await stat(join(staging.path, 'open'))).mode & 0o7777).toBe(0o600);
    expect((await stat(join(staging.path, 'd'))).mode & 0o7777).toBe(0o700);
    expect((await lstat(join(staging.path, 'd/here'))).isSymbolicLink()).toBe(true);
  });

  it('locks and temporary files of the CLI and our own work are never taken', async () => {
    const { authDir } = await temporary();
    const staging = unwrap(
      await stageBytes(
        authDir,
        await tarOf([
          login,
          ['./.oauth_refresh.lock/', { type: 'directory' }],
          ['./.credentials.json.tmp.ab12', 'x'],
          ['./.claude.json.lock/', { type: 'directory' }],
          ['./.claude-setup/journal.json', '{}'],
          ['./.Claude-SETUP/journal.json', '{}'],
          ['./.claude\u200d-setup/journal.json', '{}'],
          ['./.OAUTH_refresh.lock', 'x'],
        ]),
      ),
    );
    expect(await names(staging.path)).toEqual(['.credentials.json']);
  });

  it('an abort removes what was unpacked', async () => {
    const { root, authDir } = await temporary();
    const abort = new AbortController();
    abort.abort();
    expect((await stageBytes(authDir, await tarOf([login]), abort.signal)).ok).toBe(false);
    expect((await names(root)).filter((name) => name.includes('staging'))).toEqual([]);
  });
});
