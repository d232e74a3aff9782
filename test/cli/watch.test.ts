import { expect, it } from 'vitest';
import { changeLogin, createFakeWorld, putLogin, startOfTest } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

const hour = 3600_000;

const setup = () => {
  const world = createFakeWorld();
  world.addImage();
  const files = world.store.directory(world.addProfile('dev').authDir);
  world.addProfile('test');
  return { world, files, run: (...args: readonly string[]) => runCli(world.ports, args) };
};

it('--once says how every profile is, in lines for people', async () => {
  const { run, files } = setup();
  expect(await run('watch', '--once')).toEqual({
    status: 0,
    stdout: [
      '2026-11-24T10:00:00Z watching dev, test',
      '2026-11-24T10:00:00Z dev is fresh, the access token ends in 8 h, the login ends in 28 d',
      '2026-11-24T10:00:00Z test is fresh, the access token ends in 8 h, the login ends in 28 d',
      '',
    ].join('\n'),
    stderr: '',
  });
  files.delete('.credentials.json');
  const { status, stdout } = await run('watch', 'dev', '--once');
  expect(status).toBe(1);
  expect(stdout).toContain('dev needs a person: ');
  expect(stdout).not.toContain('test');
});

it('--once --json gives one object a line, with times that scripts can read', async () => {
  const { run } = setup();
  const { stdout } = await run('watch', 'dev', '--once', '--json');
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { time: '2026-11-24T10:00:00.000Z', event: 'started', profiles: ['dev'] },
    {
      time: '2026-11-24T10:00:00.000Z',
      event: 'state',
      profile: 'dev',
      state: 'fresh',
      previous: null,
      needsPerson: false,
      reason: 'fine',
      expiresAt: '2026-11-24T18:00:00.000Z',
      loginExpiresAt: '2026-12-22T10:00:00.000Z',
    },
  ]);
  expect(lines[0]).toMatch(/^\{"time":"[^"]+","event":"started"/);
});

it('--once is 1 when the login itself ends within three days, and when nothing works until the network is back', async () => {
  const { world, run, files } = setup();
  changeLogin(files, { refreshTokenExpiresAt: startOfTest + 60 * hour });
  const soon = await run('watch', 'dev', '--once');
  expect(soon).toMatchObject({ status: 1 });
  expect(soon.stdout).toContain(
    'dev needs a new sign-in soon, the access token ends in 8 h, the login ends in 2 d 12 h',
  );
  putLogin(world.store.directory('/home/ada/.claude-auth-dev'));
  world.runtime.refreshes(() => world.clock.advance(30_000));
  changeLogin(files, { expiresAt: startOfTest + hour / 2 });
  expect(await run('watch', 'dev', '--once')).toMatchObject({ status: 0 });
  changeLogin(files, { expiresAt: startOfTest - hour });
  const ended = await run('watch', 'dev', '--once');
  expect(ended.status).toBe(1);
  expect(ended.stdout).toContain('dev was not refreshed: the CLI got no answer');
});

it('--once runs the command and writes the metrics', async () => {
  const { world, run } = setup();
  await run('watch', '--once', '--on-change', 'tell', '--metrics', '/m.prom');
  expect(world.hookRuns.map(({ variables }) => variables.CLAUDE_SETUP_PROFILE)).toEqual(['dev', 'test']);
  expect(world.written.get('/m.prom')).toContain('claude_setup_needs_person{profile="test"} 0');
});

it('shows no token, whatever the CLI made of the copy', async () => {
  const { world, run, files } = setup();
  changeLogin(files, { expiresAt: startOfTest + 60_000 });
  world.runtime.refreshes(({ files }) => files.set('.credentials.json', 'sk-ant-oat01-TEST-CANARY'));
  for (const format of ['--plain', '--json']) {
    const { stdout, stderr } = await run('watch', 'dev', '--once', format);
    expect(stdout).toContain('dev');
    expect(stdout + stderr).not.toContain('CANARY');
  }
});

it.each([
  [['watch', '--interval', 'soon'], 2],
  [['watch', '--interval', '0s'], 2],
  [['watch', '--margin', '1'], 2],
  [['watch', 'nobody', '--once'], 3],
  [['apply', 'dev'], 2],
  [['apply', 'dev', '--to', '/srv/x', '--owner', 'node'], 2],
  [['apply'], 2],
  [['unapply', 'dev'], 3],
])('%j is refused with %i', async (args, status) => {
  const { run, world } = setup();
  expect((await run(...args)).status).toBe(status);
  expect(world.published.writes).toBe(0);
});

it('apply, profile show and unapply say where a login is', async () => {
  const { run, world } = setup();
  expect(await run('apply', 'dev', '--to', '/srv/claude')).toEqual({
    status: 0,
    stdout: [
      '/srv/claude has a lease of dev; the access token ends in 8 h',
      'Mount it where the CLI looks, and keep it fresh: claude-setup watch dev',
      '',
    ].join('\n'),
    stderr: '',
  });
  const again = await run('apply', 'dev', '--to', '/srv/claude', '--json');
  expect(JSON.parse(again.stdout)).toEqual({
    profile: 'dev',
    directory: '/srv/claude',
    full: false,
    outcome: 'current',
    expiresAt: '2026-11-24T18:00:00.000Z',
    restarted: [],
  });
  const shown = await run('profile', 'show', 'dev');
  expect(shown.stdout).toContain('Published  /srv/claude (a lease)');
  const json = JSON.parse((await run('profile', 'show', 'dev', '--json')).stdout);
  expect(json.publications).toEqual([{ directory: '/srv/claude', full: false }]);
  const full = await run('apply', 'dev', '--to', '/srv/claude', '--full');
  expect(full.stdout).toContain('the full login of dev');
  expect(full.stdout).toContain('It is the only other holder: copy it nowhere');
  world.published.directory('/srv/claude').set('.claude.json', '{}');
  expect(await run('unapply', 'dev')).toEqual({
    status: 0,
    stdout: [
      '/srv/claude is no longer kept fresh with dev; removed .credentials.json',
      'Left there, since it is not as it was written: .claude.json',
      '',
    ].join('\n'),
    stderr: '',
  });
});
