import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { EngineLost, NotAnEngine } from '../../../src/adapters/docker/engine-errors.ts';
import { askSocket } from '../../../src/adapters/docker/socket-download.ts';
import { startFakeDaemon } from '../../support/fake-daemon.ts';
import { temporary } from '../../support/temporary.ts';

const never = new AbortController().signal;
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A server on a socket of its own that lets `talk` answer each connection. */
const startServer = async (talk: (socket: Socket) => void): Promise<string> => {
  const path = join((await temporary()).root, 'raw.sock');
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => talk(socket));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => void server.close());
  return path;
};

it('brings every byte, and in memory that is used again when it is given back', async () => {
  const bytes = Buffer.from(Array.from({ length: 9_000_001 }, (_, at) => (at * 7) % 251));
  const { socket } = await startFakeDaemon({
    'GET /archive': (_request, response) => {
      response.write(bytes.subarray(0, 1000));
      response.end(bytes.subarray(1000));
    },
  });
  const { status, body } = await askSocket(socket, '/archive?path=%2Fx', never);
  const hash = createHash('sha256');
  const memory = new Set<ArrayBufferLike>();
  let size = 0;
  for await (const chunk of body) {
    hash.update(chunk);
    size += chunk.length;
    memory.add(chunk.buffer);
    body.giveBack(chunk);
  }
  expect([status, size, hash.digest('hex')]).toEqual([200, bytes.length, digest(bytes)]);
  expect(memory.size).toBeLessThan(6);
  const kept = await askSocket(socket, '/archive', never);
  expect(digest(await buffer(kept.body))).toBe(digest(bytes));
});

it('takes no more than it is asked for', async () => {
  let sent = 0;
  const { socket } = await startFakeDaemon({
    'GET /archive': async (_request, response) => {
      const block = Buffer.alloc(256 * 1024);
      for (; sent < 400; sent += 1) {
        if (!response.write(block)) await new Promise((resolve) => response.once('drain', resolve));
      }
      response.end();
    },
  });
  const { body } = await askSocket(socket, '/archive', never);
  let before = -1;
  await expect
    .poll(
      () => {
        const still = sent === before;
        before = sent;
        return still;
      },
      { interval: 100 },
    )
    .toBe(true);
  expect(sent).toBeLessThan(40);
  expect((await buffer(body)).length).toBe(400 * 256 * 1024);
});

it('hands on what the engine says against it', async () => {
  const { socket } = await startFakeDaemon({});
  const { status, body } = await askSocket(socket, '/nothing', never);
  expect([status, JSON.parse(await text(body))]).toEqual([404, { message: 'page not found' }]);
});

it('ends with an error when the connection does before the body', async () => {
  const path = await startServer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'));
  const { body } = await askSocket(path, '/', never);
  await expect(text(body)).rejects.toThrow(EngineLost);
});

it.each([
  ['nothing', '', EngineLost],
  ['half of its headers', 'HTTP/1.1 200 OK\r\nContent-', EngineLost],
  ['no HTTP', 'SSH-2.0-OpenSSH_9.2p1\r\n\r\n', NotAnEngine],
  ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n', NotAnEngine],
  ['headers without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`, NotAnEngine],
])('is refused by a server that answers %s', async (_what, answer, error) => {
  const path = await startServer((socket) => socket.end(answer));
  await expect(askSocket(path, '/', never)).rejects.toThrow(error);
});

it('fails as any other call does where nothing listens', async () => {
  await expect(askSocket('/nonexistent/docker.sock', '/', never)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('is let go of by the signal, before the answer and in its middle', async () => {
  const closed: Promise<void>[] = [];
  const path = await startServer((socket) => {
    closed.push(new Promise((resolve) => socket.once('close', () => resolve())));
    if (closed.length > 1) socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
  });
  const first = new AbortController();
  const waiting = askSocket(path, '/', first.signal);
  await expect.poll(() => closed.length).toBe(1);
  first.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  const second = new AbortController();
  const { body } = await askSocket(path, '/', second.signal);
  second.abort(new Error('enough'));
  await expect(text(body)).rejects.toThrow('enough');
  await Promise.all(closed);
});
