import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { openPtySession } from '../../../src/adapters/pty/session.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { collect } from '../../support/session-output.ts';

const env = { PATH: process.env.PATH ?? '', TERM: 'xterm-256color' };

const shell = async (script: string, size = { columns: 80, rows: 24 }) =>
  unwrap(await openPtySession({ command: '/bin/sh', args: ['-c', script], cwd: '/', env, size }));

describe('a program on a pseudo-terminal', () => {
  it('ends after its last byte of output, however much there is', async () => {
    for (let round = 0; round < 5; round += 1) {
      const session = await shell('stty -opost; head -c 20000000 /dev/zero | tr "\\0" x; printf END');
      let bytes = 0;
      let tail = '';
      session.onOutput((chunk) => {
        bytes += chunk.length;
        tail = Buffer.from(chunk).toString().slice(-3);
      });
      expect(await session.ended).toEqual({ exitCode: 0 });
      expect([bytes, tail]).toEqual([20_000_003, 'END']);
    }
  }, 120_000);

  it('keeps what came before the first listener, the newest megabyte', async () => {
    const session = await shell('stty -opost; printf first; sleep 0.2; printf second; read -r _');
    await vi.waitFor(() => expect(readdirSync('/proc/self/fd').length).toBeGreaterThan(0));
    const output = collect(session);
    await output.shows('firstsecond');
    session.write('\n');
    await session.ended;
  });

  it('takes every byte as it is, a long paste whole', async () => {
    const session = await shell(
      'stty raw -echo; echo ready; head -c 300256 | od -An -v -tu1 | tr -s " \\n" " " | md5sum',
    );
    const output = collect(session);
    await output.shows('ready');
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    session.write(all);
    session.write('x'.repeat(300_000));
    await session.ended;
    const expected = spawn('sh', ['-c', 'od -An -v -tu1 | tr -s " \\n" " " | md5sum']);
    expected.stdin.end(Buffer.concat([all, Buffer.alloc(300_000, 'x')]));
    const [line] = (await once(createInterface({ input: expected.stdout }), 'line')) as [string];
    await output.shows(line.slice(0, 32));
  }, 30_000);

  it('has the size it is given, and follows it', async () => {
    const session = await shell(
      'stty size; trap "stty size; exit 3" WINCH; echo waiting; while :; do sleep 0.05; done',
      { columns: 91, rows: 17 },
    );
    const output = collect(session);
    await output.shows('17 91');
    await output.shows('waiting');
    session.resize({ columns: 44, rows: 9 });
    await output.shows('9 44');
    expect(await session.ended).toEqual({ exitCode: 3 });
  });

  it('tells how it was ended by a signal, with what it had started', async () => {
    const session = await shell('sleep 600 & echo going; wait');
    await collect(session).shows('going');
    await session.kill('SIGTERM');
    expect(await session.ended).toEqual({ exitCode: 143 });
    await session.kill('SIGTERM');
    session.write('late');
  });

  it('stops and goes on', async () => {
    const session = await shell('stty -opost; head -c 3000000 /dev/zero');
    let bytes = 0;
    session.onOutput((chunk) => {
      bytes += chunk.length;
      session.pause();
      setImmediate(() => session.resume());
    });
    await session.ended;
    expect(bytes).toBe(3_000_000);
  }, 30_000);

  it('loses nothing when it is paused as its program ends', async () => {
    const session = await shell('stty -opost; printf go; read -r _; head -c 3000 /dev/zero; printf END');
    const output = collect(session);
    await output.shows('go');
    session.pause();
    session.write('\n');
    await session.ended;
    await output.shows('END');
    // What was typed is echoed.
    expect(output.bytes()).toBe('go\n'.length + 3000 + 'END'.length);
  });

  it('keeps at most a megabyte for the first listener', async () => {
    const session = await shell('stty -opost; head -c 3000000 /dev/zero; printf END');
    await session.ended;
    const output = collect(session);
    expect(output.bytes()).toBeLessThanOrEqual(1024 * 1024);
    expect(output.bytes()).toBeGreaterThan(900_000);
    expect(output.text().endsWith('END')).toBe(true);
  });

  it('may be given a size at any moment of its end', async () => {
    for (let round = 0; round < 10; round += 1) {
      const session = await shell('exit 0');
      let over = false;
      void session.ended.then(() => {
        over = true;
      });
      while (!over) {
        session.resize({ columns: 80 + round, rows: 24 });
        await new Promise(setImmediate);
      }
      session.resize({ columns: 80, rows: 24 });
    }
  });

  it('gives everything back', async () => {
    const open = () => readdirSync('/proc/self/fd').length;
    await (await shell('true')).ended;
    const before = open();
    for (let round = 0; round < 20; round += 1) await (await shell('true')).ended;
    await vi.waitFor(() => expect(open()).toBeLessThanOrEqual(before));
  });

  it('says in one line when it can not be started', async () => {
    const started = await openPtySession({
      command: '/bin/sh',
      args: ['-c', 'exit 7'],
      cwd: '/nowhere/at/all',
      env,
      size: { columns: 80, rows: 24 },
    });
    if (started.ok) expect((await started.value.ended).exitCode).not.toBe(0);
    else expectFailure(started, 'cli.missing');
  });

  it('ends when the process that holds it is killed', async () => {
    const holder = fileURLToPath(new URL('hold-session.ts', import.meta.url));
    const child = spawn(process.execPath, [holder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [pid] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH'), { timeout: 5000 });
  });
});
