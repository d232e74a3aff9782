import { Readable } from 'node:stream';
import { createEngines } from '../../../src/adapters/docker/engines.ts';
import type { BuildRequest, ContainerSpec, Engine } from '../../../src/ports/engine.ts';
import { type FakeDaemon, type Routes, startFakeDaemon } from '../../support/fake-daemon.ts';

export const never = new AbortController().signal;
export const size = { columns: 80, rows: 24 };

/** The real client of an engine, on a daemon that answers what the test says. */
export const startEngine = async (routes: Routes): Promise<{ engine: Engine; daemon: FakeDaemon }> => {
  const daemon = await startFakeDaemon(routes);
  const env = { DOCKER_HOST: `unix://${daemon.socket}` };
  const { engine } = await createEngines({ env, homeDir: '/nonexistent', uid: null }).find(never);
  if (engine === null) throw new Error('the fake daemon was not found');
  return { engine, daemon };
};

export const spec: ContainerSpec = {
  name: 'taken',
  image: 'image',
  command: ['claude', 'auth', 'login'],
  env: ['A=b'],
  labels: { l: 'v' },
  tty: true,
  size,
  extraHosts: ['a:127.0.0.1'],
};
export const buildRequest = (): BuildRequest => ({
  context: Readable.from([Buffer.alloc(1024)]),
  dockerfile: 'Dockerfile.claude-setup',
  tags: ['claude-setup:abc', 'claude-setup:latest'],
  labels: { l: 'v' },
  buildArgs: { A: 'b' },
  extraHosts: ['a:127.0.0.1', 'b:127.0.0.2'],
  noCache: true,
});
/** An engine without images and containers. */
export const nothing = { 'GET /images/json': [], 'GET /containers/json': [] };
