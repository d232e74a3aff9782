import { describe, expect, it } from 'vitest';
import { readyWorld, startOfTest } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

const healthyWorld = () => {
  const world = readyWorld();
  return world;
};
const target = '/home/node/.claude';
const mounting = (name: string, source: string) => ({
  name,
  mounts: [{ source, target, readOnly: false }],
  environment: { CLAUDE_CONFIG_DIR: target },
  user: null,
});

describe('doctor', () => {
  it('shows a healthy machine', async () => {
    const run = await runCli(healthyWorld().ports, ['doctor']);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatchInlineSnapshot(`
      "This machine
        ✔ ok    engine   Docker Engine 28.3.0 at unix:///var/run/docker.sock
        ✔ ok    image    claude-setup:21330 with CLI 2.1.330, built in 0 s
        ✔ ok    clock    within 0 s of the engine's
        · skip  compose  no compose file here or above

      Profiles
        ✔ ok    dev      ada@example.com, max, ends in 28 d

      ✔ ok    All is well
      "
    `);
  });

  it('shows everything that is wrong, each with its fix', async () => {
    const world = healthyWorld();
    world.addProfile('staging', { signedIn: false });
    world.engine.images.clear();
    world.engine.clock = () => startOfTest - 600_000;
    world.ports.store.disk = async () => ({ freeBytes: 1_000_000, readOnly: false });
    world.ports.store.pending = async (dir) => (dir.endsWith('dev') ? 'a capture was cut short' : null);
    world.ports.composeFiles.sourceKind = async (path) => (path === '/gone' ? 'missing' : 'directory');
    world.compose = { files: ['/app/compose.yaml'], services: [mounting('bot', '/gone')] };
    world.engine.foreign = [mounting('web', '/srv/other')];
    const run = await runCli(world.ports, ['doctor']);
    expect(run.status).toBe(1);
    expect(run.stdout).toMatchInlineSnapshot(`
      "This machine
        ✔ ok    engine                      Docker Engine 28.3.0 at unix:///var/run/docker.sock
        ▲ warn  image                       claude-setup:21330 was never built here
                Fix: build it: claude-setup build
        ▲ warn  clock                       10 min ahead of the engine's, so tokens seem to expire at the wrong time
                Fix: set the clock: sudo timedatectl set-ntp true
        ✔ ok    compose                     /app/compose.yaml

      Profiles
        ✔ ok    dev                         ada@example.com, max, ends in 28 d
        ✘ fail  dev: disk                   only 1 MB free
                Fix: free some space or mount it writable
        ▲ warn  dev: capture                a capture was cut short
                Fix: claude-setup check dev finishes or undoes it
        ✘ fail  staging                     nobody
        ✘ fail  staging: directory.present  /home/ada/.claude-auth-staging is not there
                Fix: claude-setup login staging
        ✘ fail  staging: disk               only 1 MB free
                Fix: free some space or mount it writable

      Mounts
        ✘ fail  bot                         /gone is not there, so Docker makes an empty directory that belongs to root and the CLI finds no login
                Fix: mount /home/ada/.claude-auth-dev instead, or sign in into that directory first
        ▲ warn  web (running)               /srv/other is not the directory of any profile
                Fix: mount /home/ada/.claude-auth-dev, or adopt it: claude-setup profile import /srv/other

      ✘ fail  It does not work until what is said above is mended; docs/troubleshooting.md has a heading for each name
      "
    `);
  });

  it('prints one object for scripts, its keys in order', async () => {
    const run = await runCli(healthyWorld().ports, ['doctor', '--json']);
    const report = JSON.parse(run.stdout);
    expect(Object.keys(report)).toEqual(['status', 'findings', 'profiles', 'mounts', 'container']);
    expect(report).toMatchObject({ status: 'pass', container: null });
    expect(report.findings.map(({ id, profile }: { id: string; profile: string }) => [id, profile])).toEqual([
      ['engine', null],
      ['image', null],
      ['clock', null],
      ['compose', null],
      ['disk', 'dev'],
      ['capture', 'dev'],
      ['refresh', 'dev'],
    ]);
  });

  it.each([
    ['2.1.329', 'warn', 'claude-setup build --cli-version 2.1.330'],
    ['2.1.330', 'pass', ''],
    ['2.2.0', 'pass', ''],
    ['1.9.999', 'warn', 'claude-setup build --cli-version 2.1.330'],
  ])('compares the CLI %s of the image with the newest known', async (version, status, fix) => {
    const world = healthyWorld();
    for (const [name, image] of world.engine.images)
      world.engine.images.set(name, { ...image, labels: { 'claude-setup.cli-version': version } });
    const { findings } = JSON.parse((await runCli(world.ports, ['doctor', '--json'])).stdout);
    expect(findings[1]).toMatchObject({ id: 'image', status, fix });
  });

  it('needs no engine where every profile does without', async () => {
    const world = healthyWorld();
    world.config = {
      ...world.config,
      profiles: world.config.profiles.map((profile) => ({ ...profile, runtime: 'sandbox' as const })),
    };
    world.search = () => ({ engine: null, attempts: [] });
    expect((await runCli(world.ports, ['doctor'])).status).toBe(0);
    world.config = { ...world.config, profiles: [] };
    expect((await runCli(world.ports, ['doctor'])).status).toBe(1);
  });

  it('says why the CLI fails in a container', async () => {
    const world = healthyWorld();
    world.engine.foreign = [{ ...mounting('bot', `${world.config.profiles[0]?.authDir}`), environment: {} }];
    world.engine.outputs.set('bot', 'starting\nInvalid API key · Fix external API key\n');
    const run = await runCli(world.ports, ['doctor', '--container', 'bot']);
    expect(run.status).toBe(1);
    expect(run.stdout.slice(run.stdout.indexOf('Container'))).toMatchInlineSnapshot(`
      "Container bot
        ✘ fail  cli-api-key       The CLI uses an API key, not the captured login, and the key is refused. It wrote: Invalid API key · Fix external API key
                Fix: remove ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN from the container, and apiKeyHelper from settings.json
        ▲ warn  mount.config-dir  CLAUDE_CONFIG_DIR is not /home/node/.claude, so the CLI looks for .claude.json elsewhere and asks for theme and sign-in again
                Fix: set CLAUDE_CONFIG_DIR: /home/node/.claude in the service's environment

      ✘ fail  It does not work until what is said above is mended; docs/troubleshooting.md has a heading for each name
      "
    `);
    world.engine.outputs.set('bot', 'listening\n');
    const unknown = await runCli(world.ports, ['doctor', '--container', 'bot']);
    expect(unknown.stdout).toContain('nothing in its last 200 lines is an error of the Claude CLI');
    expect(await runCli(world.ports, ['doctor', '--container', 'other'])).toMatchObject({
      status: 1,
      stderr:
        'claude-setup: other was not looked at: the engine has no container of that name. Fix: give the name or the id of one, running or not: docker ps --all\n',
    });
  });

  it('never shows a token or the value of a variable', async () => {
    const world = healthyWorld();
    const token = 'sk-ant-oat01-CANARY-CANARY-CANARY-CANARY';
    world.compose = {
      files: ['/app/compose.yaml'],
      services: [{ ...mounting('bot', '/srv'), environment: { CLAUDE_CODE_OAUTH_TOKEN: token } }],
    };
    world.engine.foreign = [mounting('bot', '/srv')];
    world.engine.outputs.set('bot', `Invalid API key ${token}\n`);
    for (const argv of [['doctor'], ['doctor', '--json'], ['doctor', '--container', 'bot']]) {
      const run = await runCli(world.ports, argv);
      expect(run.stdout + run.stderr).toContain('CLAUDE_CODE_OAUTH_TOKEN');
      expect(run.stdout + run.stderr).not.toContain('CANARY');
      expect(run.stdout + run.stderr).not.toContain('TEST-dev');
    }
  });

  it('asks before it opens the guided screen, and not with --plain or where all is well', async () => {
    const world = healthyWorld();
    expect((await runCli(world.ports, ['doctor'], { typed: 'n\n' })).stderr).toBe('');
    world.engine.images.clear();
    const asked = await runCli(world.ports, ['doctor'], { typed: 'n\n' });
    expect(asked).toMatchObject({ status: 0, stderr: expect.stringContaining('guided screen? [Y/n]') });
    expect((await runCli(world.ports, ['doctor', '--plain'], { typed: '' })).stderr).toBe('');
    world.engine.foreign = [mounting('bot', '/srv')];
    expect((await runCli(world.ports, ['doctor', '--container', 'bot'], { typed: '' })).stderr).toBe('');
  });
});
