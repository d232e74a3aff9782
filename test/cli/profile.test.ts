import { describe, expect, it } from 'vitest';
import { createFakeWorld, putLogin } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

const twoProfiles = (env: Record<string, string> = {}) => {
  const world = createFakeWorld({ env });
  world.addProfile('dev');
  world.addProfile('staging');
  const run = (...argv: string[]) => runCli(world.ports, argv);
  return { world, run };
};

describe('profile show', () => {
  it.each([
    [['staging'], {}, null, 'staging (named on the command line)'],
    [[], { CLAUDE_SETUP_PROFILE: 'staging' }, 'dev', 'staging (CLAUDE_SETUP_PROFILE)'],
    [[], {}, 'staging # here', 'staging (/home/ada/app/.claude-setup)'],
    [[], {}, null, 'dev (the default profile)'],
  ])('%j with %j and the file %j: %s', async (args, env, text, shown) => {
    const { world, run } = twoProfiles(env);
    world.projectFile = text === null ? null : { path: '/home/ada/app/.claude-setup', text };
    expect((await run('profile', 'show', ...args)).stdout).toContain(`Profile    ${shown}\n`);
  });

  it('names the file that can not be used, or that names no profile of ours', async () => {
    const { world, run } = twoProfiles();
    world.projectFile = { path: '/home/ada/app/.claude-setup', text: 'a b' };
    const bad = await run('profile', 'show');
    expect(bad).toMatchObject({ status: 1, stderr: expect.stringContaining('/home/ada/app/.claude-setup') });
    world.projectFile = { path: '/home/ada/app/.claude-setup', text: 'nobody' };
    const unknown = await run('check', '--json');
    expect(unknown.status).toBe(3);
    expect(JSON.parse(unknown.stdout).error.why).toContain('/home/ada/app/.claude-setup names it');
  });
});

describe('use', () => {
  it('makes a profile the default, by either name of the command', async () => {
    const { world, run } = twoProfiles();
    expect(await run('use', 'staging')).toMatchObject({
      status: 0,
      stdout: 'staging is the default profile now\n',
    });
    expect(world.config.defaultProfile).toBe('staging');
    expect((await run('profile', 'use', 'dev')).status).toBe(0);
    expect((await run('use', 'nobody')).status).toBe(3);
    expect(world.config.defaultProfile).toBe('dev');
  });

  it('says what goes before the default here', async () => {
    const { run } = twoProfiles({ CLAUDE_SETUP_PROFILE: 'dev' });
    expect((await run('use', 'staging')).stdout).toContain('Here dev is used all the same');
    expect((await run('use', 'dev')).stdout).not.toContain('all the same');
  });

  it('writes the file of a project', async () => {
    const { world, run } = twoProfiles();
    expect(await run('use', 'staging', '--here')).toMatchObject({ status: 0 });
    expect(world.projectFile?.text).toBe('staging\n');
    expect(world.config.defaultProfile).toBe('dev');
    expect((await run('use', 'nobody', '--here')).status).toBe(3);
  });

  it('needs a name where there is no terminal', async () => {
    const { run } = twoProfiles();
    expect(await run('use')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('claude-setup use NAME'),
    });
  });
});

describe('profile remove', () => {
  it('needs --yes where nobody can be asked', async () => {
    const { world, run } = twoProfiles();
    expect(await run('profile', 'remove', 'staging')).toMatchObject({ status: 2, stdout: '' });
    expect(world.config.profiles).toHaveLength(2);
    const done = await run('profile', 'remove', 'staging', '--yes');
    expect(done.status).toBe(0);
    expect(done.stdout).toContain('Kept: /home/ada/.claude-auth-staging');
    expect(world.config.profiles).toHaveLength(1);
  });

  it('never takes an empty name for the default profile', async () => {
    const { world, run } = twoProfiles();
    expect((await run('profile', 'remove', '', '--yes')).status).toBe(3);
    expect((await run('profile', 'rename', '', 'work')).status).toBe(3);
    expect(world.config.profiles.map(({ name }) => name)).toEqual(['dev', 'staging']);
  });

  it('asks a person, and takes no for the answer', async () => {
    const { world } = twoProfiles();
    const no = await runCli(world.ports, ['profile', 'remove', 'staging', '--purge'], { typed: '\n' });
    expect(no).toMatchObject({ status: 1, stdout: '' });
    expect(no.stderr).toContain('with /home/ada/.claude-auth-staging, all that is in it');
    expect(world.config.profiles).toHaveLength(2);
    const yes = await runCli(world.ports, ['profile', 'remove', 'staging', '--purge'], { typed: 'y\n' });
    expect(yes.status).toBe(0);
    expect(world.store.has('/home/ada/.claude-auth-staging')).toBe(false);
  });

  it('takes --yes for what a capture made only, and a person’s yes for what was shown', async () => {
    const { world, run } = twoProfiles();
    world.store.directory('/home/ada/.claude-auth-staging').set('notes.txt', 'mine');
    const refused = await run('profile', 'remove', 'staging', '--purge', '--yes', '--json');
    expect(refused.status).toBe(1);
    expect(JSON.parse(refused.stdout).error.code).toBe('directory.occupied');
    const yes = await runCli(world.ports, ['profile', 'remove', 'staging', '--purge'], { typed: 'yes\n' });
    expect(yes.stderr).toContain('no capture made: notes.txt');
    expect(yes.status).toBe(0);
  });
});

describe('profile rename and import', () => {
  it('renames, and says where the login stays', async () => {
    const { world, run } = twoProfiles();
    const done = await run('profile', 'rename', 'dev', 'work');
    expect(done).toMatchObject({
      status: 0,
      stdout: 'dev is called work now; its login stays in /home/ada/.claude-auth-dev\n',
    });
    expect(world.config.defaultProfile).toBe('work');
    expect((await run('profile', 'rename', 'staging', 'work')).status).toBe(1);
    expect((await run('profile', 'rename', 'staging')).status).toBe(2);
  });

  it('imports, and shows how the login is', async () => {
    const { world, run } = twoProfiles();
    putLogin(world.store.directory('/srv/old'), { token: 'old' });
    const done = await run('profile', 'import', '/srv/old', '--json');
    expect(done.status).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({
      name: 'old',
      authDir: '/srv/old',
      runtime: 'docker',
      report: { profile: 'old', status: 'pass' },
    });
    expect((await run('profile', 'import', '/srv/nothing')).status).toBe(1);
  });
});

describe('--wait', () => {
  const busy = {
    code: 'locked',
    what: 'Profile "dev" is in use',
    why: 'process 7 (watch) holds it',
    fix: 'wait',
  } as const;
  const locked = () => {
    const { world } = twoProfiles();
    const waits: number[] = [];
    world.ports.locks.acquire = async (_profile, { waitMs }) => {
      waits.push(waitMs);
      return waitMs > 0 ? { ok: true, value: { release: async () => {} } } : { ok: false, failure: busy };
    };
    return { world, waits };
  };

  it.each([
    [['profile', 'rename', 'dev', 'work']],
    [['profile', 'remove', 'dev', '--yes']],
    [['profile', 'import', '/home/ada/.claude-auth-new', '--name', 'fresh']],
  ])('%j is refused by a held lock, and had with --wait, which says for whom it waits', async (argv) => {
    const { world, waits } = locked();
    putLogin(world.store.directory('/home/ada/.claude-auth-new'), { token: 'new' });
    const refused = await runCli(world.ports, argv);
    expect(refused.status).toBe(4);
    expect(waits.splice(0)).toEqual([0]);
    const done = await runCli(world.ports, [...argv, '--wait', '90s']);
    expect(done.stderr).toContain('Waiting: Profile "dev" is in use, process 7 (watch) holds it');
    expect(done.status).toBe(0);
    expect(waits.slice(0, 2)).toEqual([0, 90_000]);
  });

  it.each([
    'login',
    'refresh',
    'rollback',
    'check',
    'run',
    'apply',
    'unapply',
    'export',
    'profile seal',
    'profile rename',
    'profile remove',
    'profile import',
  ])('%s has it', async (words) => {
    const { world } = twoProfiles();
    const help = await runCli(world.ports, [...words.split(' '), '--help']);
    expect(help.stdout).toContain('--wait [time]');
  });

  it('waits as long as it takes when no time is given, and not at all for 0s', async () => {
    const { world, waits } = locked();
    await runCli(world.ports, ['profile', 'rename', 'dev', 'work', '--wait']);
    expect(waits.slice(0, 2)).toEqual([0, Number.POSITIVE_INFINITY]);
    expect((await runCli(world.ports, ['profile', 'rename', 'work', 'dev', '--wait', '0s'])).status).toBe(4);
  });

  it('refuses what is no time', async () => {
    const { run } = twoProfiles();
    expect((await run('check', '--wait', 'soon')).status).toBe(2);
  });
});
