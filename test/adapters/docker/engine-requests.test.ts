import { describe, expect, it } from 'vitest';
import { unwrap } from '../../support/results.ts';
import { buildRequest, never, nothing, spec, startEngine } from './engine-on-daemon.ts';

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
