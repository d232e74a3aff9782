import { expect, it } from 'vitest';
import { changeLogin, readyWorld, startOfTest } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

const hour = 3600_000;

const setup = () => {
  const world = readyWorld();
  world.addProfile('test');
  const renew = (accessToken: string) =>
    world.runtime.refreshes(({ files }) =>
      changeLogin(files, { accessToken, expiresAt: startOfTest + 8 * hour }),
    );
  return { world, renew, run: (...args: readonly string[]) => runCli(world.ports, ['refresh', ...args]) };
};

it('refreshes one profile, and says until when it is good', async () => {
  const { renew, run } = setup();
  expect(await run('dev')).toEqual({
    status: 0,
    stdout: 'dev is fresh; the access token ends in 8 h, the login itself ends in 28 d\n',
    stderr: '',
  });
  renew('sk-ant-oat01-TEST-renewed');
  expect(await run('dev', '--force')).toEqual({
    status: 0,
    stdout: 'dev was refreshed; the access token ends in 8 h, the login itself ends in 28 d\n',
    stderr: 'Having the CLI refresh dev\n',
  });
  renew('sk-ant-oat01-TEST-again');
  expect((await run('dev', '--margin', '9h')).stdout).toContain('dev was refreshed');
});

it('refreshes every profile, and goes on after one that fails', async () => {
  const { world, renew, run } = setup();
  world.store.directory('/home/ada/.claude-auth-dev').delete('.credentials.json');
  renew('sk-ant-oat01-TEST-renewed');
  const { status, stdout, stderr } = await run('--all', '--force', '--json');
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toEqual([
    { profile: 'dev', error: expect.objectContaining({ code: 'login.missing' }) },
    {
      profile: 'test',
      outcome: 'refreshed',
      expiresAt: '2026-11-24T18:00:00.000Z',
      loginExpiresAt: '2026-12-22T10:00:00.000Z',
    },
  ]);
  expect(stderr).toContain('claude-setup: There is no login');
});

it('shows no token, whatever the CLI made of the copy', async () => {
  const { world, run } = setup();
  world.runtime.refreshes(({ files }) => files.set('.credentials.json', 'sk-ant-oat01-TEST-CANARY'));
  const { status, stdout, stderr } = await run('dev', '--force', '--json');
  expect(status).toBe(1);
  expect(stdout + stderr).not.toContain('CANARY');
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'refresh.unusable' } });
});

it.each([
  ['dev', '--margin', 'soon'],
  ['dev', '--margin', '1h', '--force'],
  ['dev', '--all'],
])('refuses %s %s %s %s', async (...args) => {
  const { world, run } = setup();
  expect((await run(...args.filter((arg) => arg !== undefined))).status).toBe(2);
  expect(world.runtime.copies).toEqual([]);
});
