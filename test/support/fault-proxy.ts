import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/** What can happen to one call, in words for a table. */
export const engineFaults = [
  /** The connection is cut before the engine hears of the call. */
  'cut',
  /** The engine does it, and its answer is cut off whole. */
  'lost',
  /** The engine does it, and its answer is cut in the middle. */
  'half',
  /** The answer is none of HTTP's. */
  'garbage',
  /** The engine refuses, in words that would like to own a terminal. */
  'error 500',
  /** The engine never hears of the call, and nobody answers. */
  'hang',
  /** The engine does it, and nobody answers. */
  'mute',
  /** Every connection is cut, and for half a second there is no engine. */
  'restart',
  /** Every connection is cut, and there is no engine any more. */
  'gone',
] as const;
export type EngineFault = (typeof engineFaults)[number];

export interface FaultProxy {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** Calls so far, such as `POST /containers/ID/start`, oldest first. */
  readonly calls: readonly string[];
  /** Resolves when the fault has happened. */
  readonly struck: Promise<void>;
  close(): Promise<void>;
}

export interface FaultProxyOptions {
  /** The socket of the real engine. */
  readonly engine: string;
  /** A folder for our own. */
  readonly folder: string;
  /** Which call fails, counted from 0, and how; null for none. */
  readonly fault: { readonly at: number; readonly kind: EngineFault } | null;
  /** Awaited before a container is removed. */
  readonly beforeRemoval?: (container: string) => Promise<void>;
}

const downMs = 500;

/** A call without what differs from run to run. */
const nameOf = ({ method, url = '' }: IncomingMessage): string =>
  `${method} ${(url.split('?')[0] ?? '').replaceAll(/\b(?:sha256(?::|%3A))?[0-9a-f]{12,64}\b/g, 'ID').replaceAll(/\/images\/.*\/json/g, '/images/IMAGE/json')}`;

/** Stands between us and an engine, and does one call of ours some harm. Anything else passes as it is. */
export const startFaultProxy = async ({
  engine,
  folder,
  fault,
  beforeRemoval,
}: FaultProxyOptions): Promise<FaultProxy> => {
  const path = join(folder, `proxy-${Math.random().toString(36).slice(2)}.sock`);
  const calls: string[] = [];
  const connections = new Set<Duplex>();
  const struck = Promise.withResolvers<void>();
  let down = false;

  const keep = <T extends Duplex>(connection: T): T => {
    connections.add(connection);
    connection.on('error', () => connection.destroy());
    connection.once('close', () => connections.delete(connection));
    return connection;
  };
  const cutAll = () => {
    for (const connection of connections) connection.destroy();
  };
  /** The fault of this call, if it is the one. */
  const count = (incoming: IncomingMessage): EngineFault | null => {
    calls.push(nameOf(incoming));
    if (fault === null || calls.length - 1 !== fault.at) return null;
    struck.resolve();
    return fault.kind;
  };
  /** Harm that the engine never hears of; false when the call is to be passed on. */
  const harm = (kind: EngineFault | null, connection: Duplex): boolean => {
    switch (kind) {
      case 'cut':
        connection.destroy();
        return true;
      case 'garbage':
        connection.end('\x1b]0;owned\x07\x00\xff not HTTP at all\r\n\r\n');
        return true;
      case 'error 500': {
        const body = JSON.stringify({ message: 'boom \x1b[31mred\x1b[0m\r\nsecond line' });
        connection.end(
          `HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
        );
        return true;
      }
      case 'hang':
        return true;
      case 'restart':
      case 'gone':
        down = true;
        cutAll();
        if (kind === 'restart') void delay(downMs).then(() => (down = false));
        return true;
      default:
        return false;
    }
  };

  const pass = async (
    incoming: IncomingMessage,
    response: ServerResponse,
    kind: EngineFault | null,
  ): Promise<void> => {
    const { method, url = '', headers } = incoming;
    const removed = method === 'DELETE' ? /\/containers\/([^/?]+)/.exec(url)?.[1] : undefined;
    if (removed !== undefined) await beforeRemoval?.(removed);
    const call = request({ socketPath: engine, method, path: url, headers, agent: false }, async (answer) => {
      answer.on('error', () => response.destroy());
      if (kind === null) {
        response.writeHead(answer.statusCode ?? 0, answer.rawHeaders);
        response.flushHeaders();
        answer.pipe(response);
        return;
      }
      const body = await buffer(answer).catch(() => Buffer.alloc(0));
      if (kind === 'mute') return;
      if (kind === 'lost' || body.length < 2) return void response.destroy();
      response.writeHead(answer.statusCode ?? 0, {
        'Content-Type': answer.headers['content-type'] ?? 'application/json',
        'Content-Length': body.length,
      });
      response.write(body.subarray(0, body.length >> 1), () => response.destroy());
    });
    call.on('error', () => response.destroy());
    response.on('close', () => call.destroy());
    incoming.pipe(call);
  };

  const server = createServer((incoming, response) => {
    const kind = count(incoming);
    if (!harm(kind, incoming.socket)) void pass(incoming, response, kind);
    else incoming.resume();
  });
  server.on('connection', (connection: Socket) => {
    keep(connection);
    if (down) connection.destroy();
  });
  // A stream of both ways: as bytes, so that each side sees the other's end.
  server.on('upgrade', (incoming, client: Duplex, head) => {
    const kind = count(incoming);
    if (harm(kind, client)) return;
    const upstream = keep(connect({ path: engine, allowHalfOpen: true }));
    const { method, url, rawHeaders } = incoming;
    const lines = rawHeaders.flatMap((text, at) => (at % 2 === 0 ? [`${text}: ${rawHeaders[at + 1]}`] : []));
    upstream.write(`${method} ${url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    client.pipe(upstream);
    client.once('close', () => upstream.destroy());
    if (kind === 'mute') return void upstream.resume();
    if (kind === 'lost') return void upstream.once('data', () => client.destroy());
    if (kind === 'half')
      return void upstream.once('data', (data: Buffer) =>
        client.write(data.subarray(0, data.length >> 1), () => client.destroy()),
      );
    upstream.pipe(client);
    upstream.once('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    host: `unix://${path}`,
    calls,
    struck: struck.promise,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cutAll();
      }),
  };
};
