import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAuthStore } from '../../../src/adapters/store/auth-store.ts';
import { tarOf } from '../../support/config-tar.ts';
import { diskState } from '../../support/disk-state.ts';
import { loginText } from '../../support/logins.ts';
import { expectFailure } from '../../support/results.ts';
import { reportTrials, soak } from '../../support/soak.ts';
import { makeTemporary } from '../../support/temporary.ts';

const terabyte = 2 ** 40;

/** A block with another field, its checksum put right. */
const header = (block: Buffer, at: number, bytes: string | Buffer): Buffer => {
  const changed = Buffer.from(block.subarray(0, 512));
  changed.set(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, at);
  changed.fill(' ', 148, 156);
  const sum = changed.reduce((total, byte) => total + byte, 0);
  changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return changed;
};

/** A size as GNU writes those that octal digits can't hold. */
const binarySize = (size: number): Buffer => {
  const field = Buffer.alloc(12);
  field[0] = 0x80;
  field.writeBigUInt64BE(BigInt(size), 4);
  return field;
};

const fileHeader = (await tarOf([['./huge', '']])).subarray(0, 512);
const end = Buffer.alloc(1024);

/** Takes an archive over with the limits of every capture; it is refused, nothing is left, and so much was used. */
const refuse = async (
  pieces: Iterable<Buffer>,
  code: 'capture.too-large' | 'capture.truncated' | 'capture.unsafe-archive',
) => {
  const world = await makeTemporary('/dev/shm');
  onTestFinished(() => world.remove());
  const authDir = join(world.home, 'auth');
  mkdirSync(authDir, { mode: 0o700 });
  const before = diskState(world.root);
  const store = createAuthStore({ uid: process.getuid?.() ?? null });
  let given = 0;
  const tar = Readable.from(
    (function* () {
      for (const piece of pieces) {
        given += piece.length;
        yield piece;
      }
    })(),
    { objectMode: false },
  );
  const cpuStart = process.cpuUsage();
  const memory = process.memoryUsage.rss();
  const line = expectFailure(
    await store.stage(authDir, tar, { leaveOut: ['todos'], signal: new AbortController().signal }),
    code,
  );
  const { user, system } = process.cpuUsage(cpuStart);
  const used = { seconds: (user + system) / 1e6, mebibytes: (process.memoryUsage.rss() - memory) / 2 ** 20 };
  expect(diskState(world.root)).toEqual(before);
  expect(used.mebibytes).toBeLessThan(200);
  reportTrials(
    `${expect.getState().currentTestName}: refused after ${given} bytes, ${used.seconds.toFixed(1)} s of a processor, ${used.mebibytes.toFixed(0)} MiB more memory: ${line}`,
  );
  return { given, line };
};

describe('a size that is only claimed', () => {
  it.each([
    ['1 TB in the header', [header(fileHeader, 124, binarySize(terabyte))], 'capture.too-large'],
    [
      'the largest that octal digits can hold',
      [header(fileHeader, 124, '77777777777\0')],
      'capture.too-large',
    ],
    [
      'more than a number can hold',
      [header(fileHeader, 124, Buffer.from(`80${'ff'.repeat(11)}`, 'hex'))],
      'capture.unsafe-archive',
    ],
    [
      '1 TB of what is left out, which never comes',
      [header(header(fileHeader, 0, './todos/x'), 124, binarySize(terabyte)), end],
      'capture.truncated',
    ],
    ['2 GB that never come', [header(fileHeader, 124, '17777777777\0'), end], 'capture.truncated'],
  ] as const)('%s is refused at once', async (_what, pieces, code) => {
    const { given } = await refuse(pieces, code);
    expect(given).toBeLessThan(10_000);
  });
});

it.each(['S', 'D', 'M', 'V'])(
  'an entry of the type %s, as GNU writes sparse files and others, is refused',
  async (type) => {
    await refuse([header(fileHeader, 156, type), end], 'capture.unsafe-archive');
  },
);

/** The same header under one name after the other. */
function* manyEntries(count: number, name: (number: number) => string): Generator<Buffer> {
  const perPiece = 128;
  for (let number = 0; number < count; number += perPiece) {
    const headers = Array.from({ length: perPiece }, (_, more) =>
      header(fileHeader, 0, name(number + more).padEnd(100, '\0')),
    );
    yield Buffer.concat(headers);
  }
}

it.each([
  ['that would be taken', (number: number) => `./n${number}`],
  ['that are left out', (number: number) => `./todos/${number}`],
  ['that are one and the same left out one', () => './todos/x'],
])(
  '10 million tiny entries %s are refused after 100,000 of them',
  { timeout: 600_000 },
  async (_what, name) => {
    const { given, line } = await refuse(manyEntries(10_000_000, name), 'capture.too-large');
    expect(line).toContain('100000 entries');
    expect(given).toBeLessThan(60_000_000);
  },
);

it('an archive that never ends is refused at its bound', { timeout: 600_000 }, async () => {
  const zeros = Buffer.alloc(1024 * 1024);
  const size = soak ? 8 * 2 ** 30 : 0;
  const start = [header(header(fileHeader, 0, './todos/x'), 124, binarySize(terabyte))];
  const pieces = function* () {
    yield* start;
    for (let given = 0; given <= size; given += zeros.length) yield zeros;
  };
  await refuse(pieces(), soak ? 'capture.too-large' : 'capture.truncated');
});

it('a login behind all of it makes no difference', async () => {
  const login = await tarOf([['./.credentials.json', loginText('one')]]);
  await refuse([login.subarray(0, 1024), header(fileHeader, 124, binarySize(terabyte))], 'capture.too-large');
});
