import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDebugLog } from '../../../src/adapters/log/debug-log.ts';
import { createLogReader } from '../../../src/adapters/log/log-reader.ts';
import { temporary } from '../../support/temporary.ts';

const clock = { now: () => Date.UTC(2026, 10, 24, 10), wait: async () => undefined };

const makeLog = async (rotateAt?: number) => {
  const { setupHome } = await temporary();
  const reader = createLogReader(setupHome);
  const log = createDebugLog({ file: reader.file, clock, ...(rotateAt === undefined ? {} : { rotateAt }) });
  return { reader, log, file: reader.file };
};

describe('the debug log', () => {
  it('is one redacted JSON object a line, for its owner alone', async () => {
    const { log, file, reader } = await makeLog();
    log.event('command', { command: 'check' });
    log.event('engine.create', { failure: { why: 'sk-ant-ort01-CANARY-CANARY and "accessToken":"CANARY"' } });
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain('CANARY');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toEqual({
      time: '2026-11-24T10:00:00.000Z',
      pid: process.pid,
      event: 'command',
      command: 'check',
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(file))).mode & 0o777).toBe(0o700);
    expect(await reader.tail(1)).toEqual([text.trimEnd().split('\n')[1]]);
  });

  it('takes rights back that an older file gave away', async () => {
    const { log, file } = await makeLog();
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '', { mode: 0o644 });
    await chmod(file, 0o644);
    log.event('one', {});
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is rotated, and two older files are kept', async () => {
    const { log, file } = await makeLog(200);
    for (let count = 0; count < 40; count += 1) log.event('line', { count, filler: 'x'.repeat(40) });
    expect((await readdir(dirname(file))).toSorted()).toEqual(['debug.log', 'debug.log.1', 'debug.log.2']);
    for (const name of ['debug.log', 'debug.log.1', 'debug.log.2']) {
      const { size, mode } = await stat(join(dirname(file), name));
      expect(size).toBeLessThan(400);
      expect(mode & 0o777).toBe(0o600);
    }
    expect(await readFile(file, 'utf8')).toContain('"count":39');
  });

  it('is given up in silence where it can not be written', async () => {
    const { log, file } = await makeLog();
    await mkdir(dirname(dirname(file)), { recursive: true });
    await writeFile(dirname(file), 'a file in the way');
    log.event('one', {});
    log.event('two', {});
  });

  it('is empty where nothing was ever logged', async () => {
    const { reader } = await makeLog();
    expect(await reader.tail(10)).toEqual([]);
  });
});
