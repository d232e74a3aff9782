import { expect, it } from 'vitest';
import { createEngines } from '../../../src/adapters/docker/engines.ts';
import { type Routes, startFakeDaemon } from '../../support/fake-daemon.ts';
import { expectFailure, unwrap } from '../../support/results.ts';

const startSwarm = async (routes: Routes) => {
  const daemon = await startFakeDaemon(routes);
  const env = { DOCKER_HOST: `unix://${daemon.socket}` };
  const search = createEngines({ env, homeDir: '/nonexistent', uid: null });
  const { engine } = await search.find(new AbortController().signal);
  if (engine === null) throw new Error('the fake daemon was not found');
  return { swarm: engine.swarm, daemon };
};

const refusal =
  (status: number, message: string): Routes[string] =>
  (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ message }));
  };

const mount = {
  SecretID: 'one',
  SecretName: 'first',
  File: { Name: '/run/a', UID: '7', GID: '8', Mode: 0o440 },
};

const service = (
  changes: { readonly state?: string; readonly replicas?: number; readonly secrets?: readonly object[] } = {},
) => ({
  ID: 's1',
  Version: { Index: 42 },
  Spec: {
    Name: 'web',
    Labels: { team: 'a' },
    TaskTemplate: {
      ContainerSpec: {
        Image: 'web:1',
        Env: ['A=b'],
        User: '7:8',
        Secrets: changes.secrets ?? [mount],
        Unknown: { kept: true },
      },
      Placement: { Constraints: ['node.role == worker'] },
    },
    Mode: { Replicated: { Replicas: changes.replicas ?? 2 } },
    UpdateConfig: { Order: 'start-first' },
  },
  ...(changes.state && { UpdateStatus: { State: changes.state, Message: 'a word' } }),
});
const task = (state: string, secretId = 'one') => ({
  Status: { State: state, ...(state === 'rejected' && { Err: 'no such image' }) },
  Spec: { ContainerSpec: { Secrets: [{ ...mount, SecretID: secretId }] } },
});

it('says so when the engine manages no swarm', async () => {
  const answer = refusal(503, 'This node is not a swarm manager.');
  const { swarm } = await startSwarm({ 'GET /services': answer, 'GET /secrets': answer });
  expectFailure(await swarm.services(), 'swarm.inactive');
  expectFailure(await swarm.secrets({}), 'swarm.inactive');
});

it('changes the secrets of a service and nothing else of it', async () => {
  const { swarm, daemon } = await startSwarm({
    'GET /services/s1': service(),
    'POST /services/s1/update': { Warnings: null },
    'GET /services': [{ ID: 'p', Spec: { Name: 'plugin', TaskTemplate: { Runtime: 'plugin' } } }, service()],
  });
  const [found, ...others] = unwrap(await swarm.services());
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    name: 'web',
    user: '7:8',
    env: ['A=b'],
    secrets: [{ secretId: 'one', target: '/run/a', owner: { uid: 7, gid: 8 }, mode: 0o440 }],
  });
  const secrets = [
    { secretId: 'two', secretName: 'second', target: '/b', owner: { uid: 1, gid: 2 }, mode: 0o400 },
  ];
  unwrap(await swarm.mountSecrets('s1', secrets));
  const { Spec } = service();
  const file = { Name: '/b', UID: '1', GID: '2', Mode: 0o400 };
  expect(JSON.parse(daemon.bodies.get('POST /services/s1/update') ?? '')).toEqual({
    ...Spec,
    TaskTemplate: {
      ...Spec.TaskTemplate,
      ContainerSpec: {
        ...Spec.TaskTemplate.ContainerSpec,
        Secrets: [{ SecretID: 'two', SecretName: 'second', File: file }],
      },
    },
  });
});

it('tries again when somebody else changed the service, and not for ever', async () => {
  let refused = 0;
  const { swarm, daemon } = await startSwarm({
    'GET /services/s1': service(),
    'POST /services/s1/update': (_request, response) => {
      refused += 1;
      response.statusCode = refused < 3 ? 500 : 200;
      response.end(refused < 3 ? '{"message":"rpc error: update out of sequence"}' : '{}');
    },
  });
  unwrap(await swarm.mountSecrets('s1', []));
  expect(daemon.calls.filter((call) => call === 'GET /services/s1')).toHaveLength(3);
  refused = -100;
  expectFailure(await swarm.mountSecrets('s1', []), 'engine.refused');
});

it.each([
  [
    'while containers still have the old secret',
    'updating',
    [task('running'), task('running', 'zero')],
    'under-way',
    1,
  ],
  ['when they all have the new one', 'completed', [task('running'), task('running')], 'done', 2],
  ['when nothing had to be replaced', undefined, [task('running'), task('running')], 'done', 2],
  ['while one does not run again yet', 'completed', [task('running'), task('starting')], 'under-way', 1],
  [
    'while an old one is still there',
    'completed',
    [task('running'), task('running'), task('running', 'zero')],
    'under-way',
    2,
  ],
  ['when the swarm gave up', 'paused', [task('rejected')], 'stopped', 0],
  ['when it went back by itself', 'rollback_completed', [task('running')], 'rolled-back', 1],
] as const)('knows how far an update is %s', async (_name, state, tasks, expected, ready) => {
  const { swarm } = await startSwarm({
    'GET /services/s1': service(state === undefined ? {} : { state }),
    'GET /tasks': tasks,
  });
  const progress = unwrap(await swarm.progress('s1'));
  expect(progress).toMatchObject({ state: expected, ready, wanted: 2 });
  if (expected === 'stopped') expect(progress.message).toBe('a word; no such image');
});

it('takes a secret that another process made first, and leaves one that is in use', async () => {
  const secret = {
    ID: 'x',
    CreatedAt: '2026-11-24T10:00:00.123456789Z',
    Spec: { Name: 'n', Labels: { a: 'b' } },
  };
  const { swarm } = await startSwarm({
    'POST /secrets/create': refusal(409, 'rpc error: code = AlreadyExists'),
    'GET /secrets': [{ ...secret, ID: 'y', Spec: { Name: 'n2' } }, secret],
    'DELETE /secrets/x': refusal(400, "secret 'n' is in use by the following service: web"),
    'DELETE /secrets/y': refusal(404, 'secret y not found'),
  });
  expect(unwrap(await swarm.createSecret({ name: 'n', labels: {}, content: 'c' }))).toEqual({
    id: 'x',
    name: 'n',
    labels: { a: 'b' },
    createdAt: Date.UTC(2026, 10, 24, 10, 0, 0, 123),
  });
  expect(unwrap(await swarm.removeSecret('x'))).toBe(false);
  expect(unwrap(await swarm.removeSecret('y'))).toBe(true);
});
