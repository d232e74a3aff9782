import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createEngineApi } from '../../../src/adapters/docker/engine-api.ts';
import { EngineTimeout } from '../../../src/adapters/docker/engine-errors.ts';
import { startFakeDaemon } from '../../support/fake-daemon.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { buildRequest, never, nothing, size, spec, startEngine } from './engine-on-daemon.ts';

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
