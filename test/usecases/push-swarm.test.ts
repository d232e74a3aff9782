import { expect, it } from 'vitest';
import { type PushInput, pushToSwarm } from '../../src/usecases/push-swarm.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { createFakeWorld, putLogin } from '../tui/fake-world.ts';

const setup = () => {
  const world = createFakeWorld();
  world.addImage();
  const profile = world.addProfile('prod');
  const { swarm } = world.engine;
  swarm.join();
  const lines: string[] = [];
  const push = (services: PushInput['services'] = []) =>
    pushToSwarm(world.ports, { profile, services }, (line) => lines.push(line), new AbortController().signal);
  const signIn = (token: string) => putLogin(world.store.directory(profile.authDir), { token });
  const mountsOf = (name: string) =>
    swarm.servicesByName.get(name)?.secrets.map(({ secretName, target, owner, mode }) => ({
      content: swarm.secretsByName.get(secretName)?.content ?? '',
      target,
      owner,
      mode,
    })) ?? [];
  return { world, swarm, push, signIn, mountsOf, lines };
};

const label = { 'claude-setup.profile': 'prod' };

it('gives the login to services that have the label, or are named, and to no other', async () => {
  const { swarm, push, mountsOf } = setup();
  swarm.addService('web', { labels: label, user: '1234:55', env: ['CLAUDE_CONFIG_DIR=/home/app/.claude'] });
  swarm.addService('worker');
  swarm.addService('database');
  const pushed = unwrap(await push(['worker']));
  expect(pushed.services).toEqual([
    { name: 'web', outcome: 'updated', failure: null },
    { name: 'worker', outcome: 'updated', failure: null },
  ]);
  expect(mountsOf('web')).toEqual([
    {
      content: expect.stringContaining('sk-ant-oat01-TEST-prod'),
      target: '/home/app/.claude/.credentials.json',
      owner: { uid: 1234, gid: 55 },
      mode: 0o400,
    },
    {
      content: expect.stringContaining('hasCompletedOnboarding'),
      target: '/home/app/.claude/.claude.json',
      owner: { uid: 1234, gid: 55 },
      mode: 0o400,
    },
  ]);
  expect(mountsOf('worker')[0]).toMatchObject({
    target: '/home/node/.claude/.credentials.json',
    owner: { uid: 1000, gid: 1000 },
  });
  expect(mountsOf('database')).toEqual([]);
});

it('puts no refresh token into the swarm, and no token into a name or label', async () => {
  const { swarm, push } = setup();
  unwrap(await push());
  const secrets = [...swarm.secretsByName.values()];
  expect(secrets).toHaveLength(2);
  expect(JSON.stringify(secrets)).not.toContain('sk-ant-ort01');
  for (const { name, labels } of secrets) expect(JSON.stringify([name, labels])).not.toContain('sk-ant');
  for (const { name } of secrets) expect(name).toMatch(/^claude-setup_prod_(?:login|state)_[0-9a-f]{10}$/);
});

it('touches nothing when nothing changed', async () => {
  const { swarm, push } = setup();
  swarm.addService('web', { labels: label });
  unwrap(await push());
  const secrets = [...swarm.secretsByName.keys()];
  expect(unwrap(await push())).toMatchObject({ services: [{ outcome: 'current' }], removed: [] });
  expect([...swarm.secretsByName.keys()]).toEqual(secrets);
  expect(swarm.updates).toEqual(['web']);
});

it('rotates where the login was, also without a label, and keeps the last two versions', async () => {
  const { swarm, push, signIn, mountsOf } = setup();
  swarm.addService('web', { user: 'app' });
  unwrap(await push(['web']));
  const service = swarm.servicesByName.get('web');
  if (service === undefined) throw new Error('no service');
  const other = {
    secretId: 'o',
    secretName: 'other',
    target: 'other',
    owner: { uid: 0, gid: 0 },
    mode: 0o444,
  };
  swarm.servicesByName.set('web', {
    ...service,
    secrets: [
      other,
      ...service.secrets.map((mount) => ({ ...mount, owner: { uid: 7, gid: 8 }, mode: 0o440 })),
    ],
  });
  const removed: string[] = [];
  for (const token of ['two', 'three', 'four']) {
    signIn(token);
    removed.push(...unwrap(await push()).removed);
  }
  expect(mountsOf('web')[0]).toMatchObject({ target: 'other' });
  expect(mountsOf('web')[1]).toMatchObject({
    content: expect.stringContaining('sk-ant-oat01-TEST-four'),
    target: '/home/node/.claude/.credentials.json',
    owner: { uid: 7, gid: 8 },
    mode: 0o440,
  });
  expect(removed).toHaveLength(2);
  const logins = [...swarm.secretsByName.values()].filter(
    ({ labels }) => labels['claude-setup.part'] === 'login',
  );
  expect(logins.map(({ content }) => JSON.parse(content).claudeAiOauth.accessToken)).toEqual([
    'sk-ant-oat01-TEST-three',
    'sk-ant-oat01-TEST-four',
  ]);
});

it.each(['stopped', 'rolled-back'] as const)('takes an update back that ended %s', async (state) => {
  const { swarm, push, signIn, mountsOf } = setup();
  swarm.addService('web', { labels: label });
  swarm.addService('idle', { labels: { 'claude-setup.profile': 'dev' } });
  unwrap(await push());
  signIn('two');
  swarm.fate = { state, message: 'task failed: no such image' };
  const { services } = unwrap(await push());
  expect(services).toHaveLength(1);
  expect(services[0]?.failure).toMatchObject({
    code: 'swarm.update-failed',
    why: 'task failed: no such image',
  });
  if (state === 'stopped') expect(mountsOf('web')[0]?.content).toContain('sk-ant-oat01-TEST-prod');
});

it('gives an update up that takes too long, and takes it back', async () => {
  const { world, swarm, push, lines } = setup();
  swarm.addService('web', { labels: label });
  swarm.fate = { state: 'under-way', message: '' };
  const pushing = push();
  await expect.poll(() => lines).toContain('web: 0 of 1 containers have the new login');
  world.clock.advance(11 * 60_000);
  expect(unwrap(await pushing).services[0]?.failure?.why).toContain('did not start with it in time');
  expect(swarm.servicesByName.get('web')?.secrets).toEqual([]);
});

it('says when there is no swarm, no such service, or no login', async () => {
  const { world, swarm, push } = setup();
  expectFailure(await push(['nobody']), 'swarm.service-missing');
  expect(swarm.secretsByName.size).toBe(0);
  world.store.directory('/home/ada/.claude-auth-prod').delete('.credentials.json');
  expectFailure(await push(), 'login.missing');
  const none = createFakeWorld();
  none.addImage();
  const input = { profile: none.addProfile('prod'), services: [] };
  expectFailure(
    await pushToSwarm(none.ports, input, () => {}, new AbortController().signal),
    'swarm.inactive',
  );
});
