import { expect, it } from 'vitest';
import { createEngines } from '../../../src/adapters/docker/engines.ts';
import { startFakeDaemon } from '../../support/fake-daemon.ts';
import { expectFailure } from '../../support/results.ts';

const spec = { name: 'box', image: 'image', command: [], env: [], labels: {}, tty: false, size: null };

it.each([
  [
    'Docker',
    409,
    'Conflict. The container name "/box" is already in use by container "1fbd5a". You have to remove (or rename) that container to be able to reuse that name.',
    'container.name-taken',
  ],
  [
    'Podman 4.3',
    500,
    'container create: creating container storage: the container name "box" is already in use by 1fbd5a. You have to remove that container to be able to reuse that name: that name is already in use',
    'container.name-taken',
  ],
  ['Docker', 404, 'No such image: image:latest', 'image.missing'],
  ['Docker', 500, 'no space left on device', 'engine.refused'],
] as const)('tells what %s means by %s: %s', async (_engine, status, message, code) => {
  const { socket } = await startFakeDaemon({
    'GET /info': { InitBinary: 'docker-init' },
    'POST /containers/create': (_request, response) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ message }));
    },
  });
  const engines = createEngines({
    env: { DOCKER_HOST: `unix://${socket}` },
    homeDir: '/nonexistent',
    uid: null,
  });
  const { engine } = await engines.find(new AbortController().signal);
  const created = await engine?.create({ ...spec, extraHosts: [] });
  expect(expectFailure(created ?? expect.unreachable(), code)).toContain('.');
});
