import { expect, it } from 'vitest';
import { exportFormats } from '../../src/domain/export/formats.ts';
import { createFakeWorld, startOfTest } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

const setup = () => {
  const world = createFakeWorld({ env: { PATH: '/usr/bin', HTTPS_PROXY: 'http://ada:CANARY@proxy' } });
  world.addImage();
  const profile = world.addProfile('dev');
  return { world, profile, run: (...args: readonly string[]) => runCli(world.ports, ['export', ...args]) };
};

it.each(exportFormats)('prints $format on stdout, and tokens only where it says so', async (one) => {
  const { world, run } = setup();
  const { status, stdout, stderr } = await run('dev', '--format', one.format);
  expect(status).toBe(0);
  expect(stdout + stderr).not.toContain('sk-ant-ort01');
  expect(stdout + stderr).not.toContain('CANARY');
  expect(stdout.includes('sk-ant-oat01-TEST-dev')).toBe(one.holdsToken);
  expect(stderr).toBe(one.holdsToken ? 'This holds an access token, which ends in 8 h.\n' : '');
  expect(world.written.size).toBe(0);
});

it('suggests a directory beside the login, and takes the one that is published', async () => {
  const { world, run, profile } = setup();
  expect((await run('dev', '--format', 'compose')).stdout).toContain(
    'source: "/home/ada/.claude-auth-dev-lease"',
  );
  const publication = { profile: 'dev', full: false, owner: null, written: { logins: [], states: [] } };
  world.config = {
    ...world.config,
    publications: [
      { ...publication, directory: '/srv/whole', full: true },
      { ...publication, directory: '/srv/lease', owner: { uid: 1234, gid: 5 } },
    ],
  };
  const { stdout } = await run(profile.name, '--format', 'compose');
  expect(stdout).toContain('source: "/srv/lease"');
  expect(stdout).toContain('user: "1234:5"');
  expect((await run('dev', '--format', 'compose', '--to', '/srv/other')).stdout).toContain(
    'source: "/srv/other"',
  );
});

it('never describes a directory with the whole login', async () => {
  const { world, run } = setup();
  world.config = {
    ...world.config,
    publications: [
      {
        profile: 'dev',
        directory: '/srv/whole',
        full: true,
        owner: null,
        written: { logins: [], states: [] },
      },
    ],
  };
  const { status, stderr } = await run('dev', '--format', 'compose', '--to', '/srv/whole');
  expect(status).toBe(2);
  expect(stderr).toContain('only one container may hold');
});

it('writes new files, the units of systemd into a directory', async () => {
  const { world, run } = setup();
  expect(await run('dev', '--format', 'env', '--output', 'dev.env')).toEqual({
    status: 0,
    stdout: '',
    stderr: 'This holds an access token, which ends in 8 h.\nWrote dev.env\n',
  });
  expect(world.written.get('dev.env')).toContain('CLAUDE_CODE_OAUTH_TOKEN=sk-ant-oat01-TEST-dev');
  expect((await run('dev', '--format', 'env', '--output', 'dev.env')).status).toBe(1);
  expect((await run('dev', '--format', 'systemd', '--output', '/units')).status).toBe(0);
  expect([...world.written.keys()]).toEqual([
    'dev.env',
    '/units/claude-setup-watch-dev.service',
    '/units/claude-setup-watch-dev.timer',
  ]);
});

it('lends what is left when a refresh fails, and says so; nothing when it has ended', async () => {
  const { world, run } = setup();
  world.clock.advance(7.5 * 3600_000);
  const lent = await run('dev', '--format', 'env');
  expect(lent.status).toBe(0);
  expect(lent.stderr).toContain('The login was not refreshed.');
  expect(lent.stderr).toContain('ends in 30 min');
  world.clock.advance(3600_000);
  const ended = await run('dev', '--format', 'env');
  expect(ended.status).toBe(1);
  expect(ended.stdout).toBe('');
  expect(world.ports.clock.now()).toBe(startOfTest + 8.5 * 3600_000);
});

it.each([
  [],
  ['--format', 'nonsense'],
  ['--format', 'env', '--image', 'x'],
  ['--format', 'compose', '--service', 'no name'],
  ['--format', 'compose', '--image', '--privileged x'],
  ['--format', 'compose', '--to', '/a\nrm'],
  ['--format', 'compose', '--full'],
])('refuses %j', async (...args) => {
  const { run } = setup();
  const { status, stdout } = await run('dev', ...args);
  expect([status, stdout]).toEqual([2, '']);
});

it('wants a profile by name, and knows the ones there are', async () => {
  const { run } = setup();
  expect((await run('--format', 'env')).status).toBe(2);
  expect((await run('prod', '--format', 'env')).status).toBe(3);
});

it('pushes into a swarm, and prints what came of it', async () => {
  const { world, run } = setup();
  const push = (...args: readonly string[]) => run('dev', '--format', 'swarm', '--push', ...args);
  expect(await push()).toMatchObject({ status: 3 });
  const { swarm } = world.engine;
  swarm.join();
  expect((await push()).stdout).toContain('No service has the label claude-setup.profile=dev yet');
  swarm.addService('web');
  const first = await push('--service', 'web');
  expect(first).toEqual({
    status: 0,
    stdout: 'web has the new login\nThe lease in the swarm ends in 8 h\n',
    stderr: '',
  });
  expect((await push()).stdout).toContain('web had it already');
  swarm.addService('api', { labels: { 'claude-setup.profile': 'dev' } });
  swarm.fate = { state: 'stopped', message: 'task failed' };
  const failed = await push('--json');
  expect(failed.status).toBe(1);
  expect(JSON.parse(failed.stdout)).toMatchObject({
    profile: 'dev',
    services: [
      { name: 'web', outcome: 'current' },
      { name: 'api', outcome: 'failed', error: { code: 'swarm.update-failed' } },
    ],
  });
  expect(failed.stdout + failed.stderr).not.toContain('sk-ant');
});

it.each([
  ['--format', 'compose', '--push'],
  ['--format', 'swarm', '--push', '--output', 'x'],
  ['--format', 'swarm', '--push', '--image', 'x'],
])('refuses %j, which makes no difference', async (...args) => {
  const { world, run } = setup();
  world.engine.swarm.join();
  expect((await run('dev', ...args)).status).toBe(2);
  expect(world.engine.swarm.secretsByName.size).toBe(0);
});
