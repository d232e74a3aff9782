import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createEngineApi } from '../../../src/adapters/docker/engine-api.ts';
import { EngineTimeout } from '../../../src/adapters/docker/engine-errors.ts';
import { createEngines } from '../../../src/adapters/docker/engines.ts';
import type { BuildRequest, ContainerSpec, Engine } from '../../../src/ports/engine.ts';
import { type FakeDaemon, type Routes, startFakeDaemon } from '../../support/fake-daemon.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { collect } from '../../support/session-output.ts';

const never = new AbortController().signal;
const size = { columns: 80, rows: 24 };

const startEngine = async (routes: Routes): Promise<{ engine: Engine; daemon: FakeDaemon }> => {
  const daemon = await startFakeDaemon(routes);
  const env = { DOCKER_HOST: `unix://${daemon.socket}` };
  const { engine } = await createEngines({ env, homeDir: '/nonexistent', uid: null }).find(never);
  if (engine === null) throw new Error('the fake daemon was not found');
  return { engine, daemon };
};

const spec: ContainerSpec = {
  name: 'taken',
  image: 'image',
  command: ['claude', 'auth', 'login'],
  env: ['A=b'],
  labels: { l: 'v' },
  tty: true,
  size,
  extraHosts: ['a:127.0.0.1'],
};
const buildRequest = (): BuildRequest => ({
  context: Readable.from([Buffer.alloc(1024)]),
  dockerfile: 'Dockerfile.claude-setup',
  tags: ['claude-setup:abc', 'claude-setup:latest'],
  labels: { l: 'v' },
  buildArgs: { A: 'b' },
  extraHosts: ['a:127.0.0.1', 'b:127.0.0.2'],
  noCache: true,
});
const nothing = { 'GET /images/json': [], 'GET /containers/json': [] };

describe('a container is made', () => {
  it.each([
    ['with the init program', { InitCommit: { ID: 'de40ad0' } }, true],
    ['with it when the engine does not say', {}, true],
    ['without it when the engine has none', { InitCommit: { ID: 'N/A' } }, false],
  ])('%s', async (_name, info, init) => {
    const { engine, daemon } = await startEngine({
      'GET /info': info,
      'POST /containers/create': { Id: 'c1' },
    });
    expect(unwrap(await engine.create(spec))).toBe('c1');
    expect(JSON.parse(daemon.bodies.get('POST /containers/create') ?? '')).toMatchObject({
      Entrypoint: ['claude'],
      Cmd: ['auth', 'login'],
      User: 'node',
      OpenStdin: true,
      StdinOnce: false,
      Tty: true,
      HostConfig: { Init: init, CapDrop: ['ALL'], ConsoleSize: [24, 80], LogConfig: { Type: 'none' } },
    });
  });
});

describe('an engine that is lost', () => {
  it('fails every call in one line', async () => {
    const { engine, daemon } = await startEngine({ 'GET /info': {} });
    await daemon.die();
    const tar = () => Readable.from([Buffer.alloc(512)]);
    const results = await Promise.all([
      engine.image('x'),
      engine.create(spec),
      engine.attach('c', size),
      engine.start('c'),
      engine.wait('c', never),
      engine.logs('c'),
      engine.list({}),
      engine.remove('c'),
      engine.stat('c', '/x'),
      engine.download('c', '/x', never),
      engine.upload('c', '/x', tar()),
      engine.build(buildRequest(), () => {}, never),
    ]);
    for (const result of results) expectFailure(result, 'engine.lost');
  });

  it('in the middle of a wait', async () => {
    const { engine, daemon } = await startEngine({
      'POST /containers/c/wait': (_request, response) => response.writeHead(200).flushHeaders(),
    });
    const waiting = engine.wait('c', never);
    await vi.waitFor(() => expect(daemon.calls).toContain('POST /containers/c/wait'));
    await daemon.die();
    expectFailure(await waiting, 'engine.lost');
  });

  it('in the middle of a download: the reader gets an error, not an end', async () => {
    const { engine } = await startEngine({
      'GET /containers/c/archive': (_request, response) => {
        response.write('half');
        setImmediate(() => response.destroy());
      },
    });
    const tar = unwrap(await engine.download('c', '/x', never));
    await expect(text(tar)).rejects.toThrow();
  });

  it('in the middle of a build, or one that ends without a word', async () => {
    const cut = await startEngine({
      ...nothing,
      'POST /build': (_request, response) => {
        response.write('{"stream":"Step 1/2 : FROM x\\n"}\r\n');
        setImmediate(() => response.destroy());
      },
    });
    expectFailure(await cut.engine.build(buildRequest(), () => {}, never), 'engine.lost');
    const mute = await startEngine({
      ...nothing,
      'POST /build': (_request, response) => response.end('{"stream":"x\\n"}'),
    });
    expectFailure(await mute.engine.build(buildRequest(), () => {}, never), 'engine.lost');
  });
});

describe('an engine that answers oddly', () => {
  it('is refused, with its own words made fit to be shown', async () => {
    const { engine } = await startEngine({
      'POST /containers/c/start': (_request, response) => {
        response.statusCode = 500;
        response.end(JSON.stringify({ message: 'OCI runtime \x1b[31mcreate failed\x1b[0m:\n no' }));
      },
      'GET /images/x/json': { nothing: 'of an image' },
      'GET /containers/json': (_request, response) => response.end('<html>'),
    });
    expect(expectFailure(await engine.start('c'), 'engine.refused')).toContain(
      'OCI runtime create failed: no',
    );
    expectFailure(await engine.image('x'), 'engine.refused');
    expectFailure(await engine.list({}), 'engine.refused');
  });

  it('is given up after the time limit of a call', async () => {
    const daemon = await startFakeDaemon({ 'GET /slow': () => {} });
    const { default: Docker } = await import('dockerode');
    const api = createEngineApi(new Docker({ socketPath: daemon.socket }));
    await expect(api.call({ method: 'GET', path: '/slow', limitMs: 50 })).rejects.toThrow(EngineTimeout);
  });

  it('is not waited for long by who wants to leave, but for the end of a program', async () => {
    const daemon = await startFakeDaemon({ 'GET /slow': () => {} });
    const { default: Docker } = await import('dockerode');
    const leaving = new AbortController();
    const docker = new Docker({ socketPath: daemon.socket });
    const api = createEngineApi(docker, { interruption: leaving.signal });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const outcomes: string[] = [];
    const ask = (name: string, limitMs: number) =>
      api
        .call({ method: 'GET', path: '/slow', limitMs })
        .catch((error) => outcomes.push(`${name} ${error.message}`));
    const before = ask('before', 60_000);
    void ask('endless', 2 ** 31 - 1);
    await vi.advanceTimersByTimeAsync(20_000);
    leaving.abort();
    const after = ask('after', 60_000);
    await vi.advanceTimersByTimeAsync(5_000);
    await Promise.all([before, after]);
    expect(outcomes).toEqual(['before no answer within 5 s', 'after no answer within 5 s']);
  });

  it('tells that an image could not be built before the first step', async () => {
    const { engine, daemon } = await startEngine({
      ...nothing,
      'POST /build': (request, response) => {
        request.resume();
        response.statusCode = 500;
        response.end(JSON.stringify({ message: 'Cannot locate specified Dockerfile' }));
      },
    });
    const line = expectFailure(await engine.build(buildRequest(), () => {}, never), 'image.step-failed');
    expect(line).toContain('Cannot locate specified Dockerfile');
    expect(daemon.calls).toContain('POST /build');
  });
});

describe('a build', () => {
  it('asks for what the request says', async () => {
    let url = '';
    let size = 0;
    const { engine } = await startEngine({
      ...nothing,
      'POST /build': async (request, response) => {
        url = request.url ?? '';
        for await (const chunk of request) size += chunk.length;
        response.end('{"aux":{"ID":"sha256:1"}}\n');
      },
      'GET /images/sha256%3A1/json': {
        Id: 'sha256:1',
        Created: '2026-11-24T08:00:00Z',
        Size: 3,
        RepoTags: null,
      },
    });
    expect(unwrap(await engine.build(buildRequest(), () => {}, never))).toEqual({
      id: 'sha256:1',
      tags: [],
      createdAt: Date.UTC(2026, 10, 24, 8),
      size: 3,
      labels: {},
    });
    const query = new URL(url, 'http://x').searchParams;
    expect(query.getAll('t')).toEqual(['claude-setup:abc', 'claude-setup:latest']);
    expect(query.getAll('extrahosts')).toEqual(['a:127.0.0.1', 'b:127.0.0.2']);
    expect(Object.fromEntries(query)).toMatchObject({
      dockerfile: 'Dockerfile.claude-setup',
      buildargs: '{"A":"b"}',
      labels: '{"l":"v"}',
      nocache: 'true',
      rm: 'true',
      forcerm: 'true',
    });
    expect(size).toBe(1024);
  });
});

describe('a session', () => {
  const upgrade = async (routes: Routes = {}) => {
    const { engine, daemon } = await startEngine({
      'GET /containers/c/json': { State: { Status: 'created' } },
      ...routes,
    });
    let connection: Duplex | null = null;
    daemon.onUpgrade((_request, socket) => {
      connection = socket;
      socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nfirst ');
    });
    const session = unwrap(await engine.attach('c', size));
    if (connection === null) throw new Error('nothing was attached');
    return { engine, daemon, session, connection: connection as Duplex };
  };

  it('whose engine is lost ends without an exit code', async () => {
    const { session, daemon } = await upgrade();
    const output = collect(session);
    await output.shows('first');
    await daemon.die();
    expect(await session.ended).toEqual({ exitCode: null });
    session.write('nobody hears');
    session.resize({ columns: 1, rows: 1 });
    await session.kill('SIGTERM');
  });

  it('keeps the newest MiB of what came before the first listener', async () => {
    const { session, connection } = await upgrade({ 'POST /containers/c/wait': { StatusCode: 4 } });
    const bytes = Buffer.from(Array.from({ length: 3 * 1024 * 1024 }, (_, index) => index % 251));
    connection.end(bytes);
    expect(await session.ended).toEqual({ exitCode: 4 });
    const chunks: Uint8Array[] = [];
    session.onOutput((chunk) => chunks.push(chunk));
    const digest = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
    const seen = Buffer.concat(chunks);
    expect(seen.length).toBe(1024 * 1024);
    expect(digest(seen)).toBe(digest(bytes.subarray(-1024 * 1024)));
  });

  it('asks for one size at a time, the newest last', async () => {
    const waiting: (() => void)[] = [];
    const sizes: string[] = [];
    const { session, engine } = await upgrade({
      'POST /containers/c/start': {},
      'POST /containers/c/resize': (request, response) => {
        sizes.push(new URL(request.url ?? '', 'http://x').search);
        waiting.push(() => response.end());
      },
    });
    const starting = engine.start('c');
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    for (let columns = 81; columns <= 120; columns += 1) session.resize({ columns, rows: 30 });
    expect(sizes).toEqual(['?h=24&w=80']);
    waiting.shift()?.();
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    waiting.shift()?.();
    unwrap(await starting);
    expect(sizes).toEqual(['?h=24&w=80', '?h=30&w=120']);
  });
});

describe('streams', () => {
  it('of a program whose end the engine never tells are let go of with its container', async () => {
    const asked = Promise.withResolvers<void>();
    const { engine, daemon } = await startEngine({
      'GET /info': {},
      'POST /containers/c/wait': () => asked.resolve(),
      'DELETE /containers/c': {},
    });
    daemon.onUpgrade((_request, socket) =>
      socket.end('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n'),
    );
    const pipes = unwrap(await engine.attachPipes('c'));
    pipes.stdout.resume();
    await asked.promise;
    unwrap(await engine.remove('c'));
    expect(await pipes.ended).toEqual({ exitCode: null });
  });
});
