import { describe, expect, it } from 'vitest';
import { engineText, NotAnEngine } from '../../../src/adapters/docker/engine-errors.ts';
import { readStatHeader } from '../../../src/adapters/docker/file-stat.ts';
import { splitLogFrames } from '../../../src/adapters/docker/log-frames.ts';

const frame = (stream: number, text: string) => {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};
const inChunks = async function* (bytes: Buffer, size: number) {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
};

describe('log frames', () => {
  it('are taken apart however they are cut', async () => {
    const bytes = Buffer.concat([frame(1, 'out '), frame(2, 'errör'), frame(1, ''), frame(1, 'more')]);
    for (let size = 1; size <= bytes.length; size += 1) {
      expect(await splitLogFrames(inChunks(bytes, size), 1000)).toEqual({
        stdout: 'out more',
        stderr: 'errör',
      });
    }
  });

  it('are kept up to the limit of each stream', async () => {
    const bytes = Buffer.concat([frame(1, 'x'.repeat(50)), frame(1, 'y'.repeat(50)), frame(2, 'z')]);
    expect(await splitLogFrames(inChunks(bytes, 7), 60)).toEqual({
      stdout: 'x'.repeat(50) + 'y'.repeat(10),
      stderr: 'z',
    });
  });
});

describe('the stat header', () => {
  const header = (mode: number) =>
    Buffer.from(
      JSON.stringify({ name: 'n', size: 12, mode, mtime: '2026-11-24T08:00:00.123456789Z', linkTarget: '' }),
    ).toString('base64');

  it.each([
    ['a file', 0o600, 'file', 0o600],
    ['a file with the set-user-id bit', 2 ** 23 + 0o755, 'file', 0o755],
    ['a directory', 2 ** 31 + 0o700, 'directory', 0o700],
    ['a directory with the sticky bit', 2 ** 31 + 2 ** 20 + 0o777, 'directory', 0o777],
    ['a link', 2 ** 27 + 0o777, 'link', 0o777],
    ['a pipe', 2 ** 25 + 0o644, 'other', 0o644],
    ['a socket', 2 ** 24 + 0o644, 'other', 0o644],
    ['a character device', 2 ** 26 + 2 ** 21 + 0o666, 'other', 0o666],
  ])('tells %s', (_name, mode, kind, permissions) => {
    expect(readStatHeader(header(mode))).toEqual({
      kind,
      mode: permissions,
      size: 12,
      modifiedAt: Date.UTC(2026, 10, 24, 8, 0, 0, 123),
    });
  });

  it('is refused when it is missing or broken', () => {
    expect(() => readStatHeader(undefined)).toThrow(NotAnEngine);
    expect(() => readStatHeader('!!')).toThrow(NotAnEngine);
    expect(() => readStatHeader(Buffer.from('{"size":1}').toString('base64'))).toThrow();
  });
});

describe('text of an engine', () => {
  it('becomes one short line without anything that a terminal obeys', () => {
    expect(engineText('a\x1b]8;;http://evil\x07b\x1b]8;;\x07\x1b[2J\r\nc\u0000\u202ed.')).toBe('ab c d');
    expect(engineText('x'.repeat(300))).toHaveLength(200);
  });
});
