import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { temporary } from './temporary.ts';

/** What an engine answers to `GET /version`. */
export const versionAnswer = {
  Version: '28.3.0',
  ApiVersion: '1.51',
  Os: 'linux',
  Arch: 'amd64',
  Platform: { Name: 'Docker Engine - Community' },
  Components: [{ Name: 'Engine', Version: '28.3.0' }],
};

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers `METHOD /path` with a JSON value, or lets a function answer. Anything else gets a 404 as Docker words it. */
export type Routes = Readonly<Record<string, Handler | object>>;

export interface FakeDaemon {
  /** The Unix socket it listens on. */
  readonly socket: string;
  /** Calls so far, such as `GET /version`, oldest first. */
  readonly calls: readonly string[];
  /** Bodies of calls with JSON, by call. */
  readonly bodies: ReadonlyMap<string, string>;
  /** Takes over connections that are upgraded. */
  onUpgrade(take: (request: IncomingMessage, socket: Duplex) => void): void;
  /** Cuts every connection and stops listening. */
  die(): Promise<void>;
}

/** An HTTP server on a Unix socket of its own, stopped when the running test has finished. */
export const startFakeDaemon = async (routes: Routes): Promise<FakeDaemon> => {
  const { root } = await temporary();
  const socket = join(root, 'daemon.sock');
  const calls: string[] = [];
  const bodies = new Map<string, string>();
  const server = createServer(async (request, response) => {
    const call = `${request.method} ${(request.url ?? '').split('?')[0]}`;
    calls.push(call);
    const route = routes[call] ?? (call === 'GET /version' ? versionAnswer : undefined);
    if (isHandler(route)) return route(request, response);
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.set(call, body);
    if (route === undefined) response.statusCode = 404;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(route ?? { message: 'page not found' }));
  });
  const die = await listen(server, socket);
  return {
    socket,
    calls,
    bodies,
    onUpgrade: (take) => server.on('upgrade', (request, connection) => take(request, connection)),
    die,
  };
};

const isHandler = (route: Routes[string] | undefined): route is Handler => typeof route === 'function';

/** A bare listener on a Unix socket that does to each connection what it is told, such as nothing at all. */
export const startRawDaemon = async (serve: (connection: Socket) => void): Promise<string> => {
  const { root } = await temporary();
  const path = join(root, 'raw.sock');
  const connections = new Set<Socket>();
  const server = createTcpServer((connection) => {
    connections.add(connection);
    connection.on('error', () => {});
    serve(connection);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    for (const connection of connections) connection.destroy();
    server.close();
  });
  return path;
};

const listen = async (server: Server, path: string): Promise<() => Promise<void>> => {
  // The server's own list lacks connections that were upgraded.
  const connections = new Set<Socket>();
  server.on('connection', (connection: Socket) => {
    connections.add(connection);
    connection.on('error', () => {});
    connection.once('close', () => connections.delete(connection));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const connection of connections) connection.destroy();
    });
  onTestFinished(stop);
  return stop;
};
