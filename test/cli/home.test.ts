import { expect, it } from 'vitest';
import { createFakeWorld, putLogin } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

it('says how to begin where there is no profile', async () => {
  const { status, stdout } = await runCli(createFakeWorld().ports, []);
  expect(status).toBe(0);
  expect(stdout).toBe('Nobody has signed in here yet.\nNext, in a terminal: claude-setup login\n');
});

it('sums up the profiles, says what they share, and what to do next', async () => {
  const world = createFakeWorld();
  world.addProfile('dev');
  world.addProfile('staging', { email: 'Ada@example.com' });
  world.addProfile('test', { signedIn: false });
  const { authDir } = world.addProfile('prod', { signedIn: false });
  putLogin(world.store.directory(authDir), { email: 'prod@example.com', loginLeftMs: 2 * 86_400_000 });
  const { status, stdout } = await runCli(world.ports, []);
  expect(status).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "   NAME     HEALTH         ACCOUNT           PLAN  TOKEN  LOGIN  RUNTIME  DIRECTORY
    *  dev      fine           ada@example.com   max   8 h    28 d   docker   /home/ada/.claude-auth-dev
       staging  fine           Ada@example.com   max   8 h    28 d   docker   /home/ada/.claude-auth-staging
       test     not signed in  -                 -     -      -      docker   /home/ada/.claude-auth-test
       prod     ends soon      prod@example.com  max   8 h    2 d    docker   /home/ada/.claude-auth-prod
    Note: dev, staging are signed in to the same account and organisation; copies of one login sign each other out, so sign in to each by itself, or share one

    4 profiles: 2 need a person, 2 fine
    Next: claude-setup check test
    "
  `);
});

it('points to the checks when all is well', async () => {
  const world = createFakeWorld();
  world.addProfile('dev');
  const { stdout } = await runCli(world.ports, []);
  expect(stdout).toMatch(/1 profile: 1 fine\nNext: claude-setup check --all\n$/);
});

it('tells what is wrong with the settings', async () => {
  const world = createFakeWorld();
  world.ports.settings.load = async () => ({
    ok: false,
    failure: { code: 'settings.broken', what: 'They are broken', why: 'no JSON', fix: 'mend them' },
  });
  const { status, stderr } = await runCli(world.ports, []);
  expect(status).toBe(1);
  expect(stderr).toBe('claude-setup: They are broken: no JSON. Fix: mend them\n');
});
