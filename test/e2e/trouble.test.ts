import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { docker, testBase, whyNoDocker } from '../docker/docker-cli.ts';
import { issuerOnBridge } from '../support/issuer/places.ts';
import { temporary } from '../support/temporary.ts';
import { openTmux, type Tmux } from '../support/tmux.ts';
import { claudeSetup, configureImage, product } from './product.ts';

let terminal: Tmux | null = null;
let server: Server | null = null;
afterEach(async () => {
  await terminal?.close();
  terminal = null;
  server?.close();
  server = null;
});

describe('without a terminal', () => {
  it.each([
    [[], 0, 'Nobody has signed in here yet'],
    [['login'], 2, 'needs a terminal at both ends'],
    [['check'], 3, 'There is no profile yet'],
    [['check', 'nope'], 3, 'There is no profile nope'],
    [['profile', 'use', 'nope'], 3, 'There is no profile nope'],
    [['profile', 'add', 'Not A Name'], 2, "can't be a profile name"],
    [['--nonsense'], 2, 'unknown option'],
    [['nonsense'], 2, 'nonsense'],
    [['build', '--ca', '/nowhere/ca.pem'], 3, '/nowhere/ca.pem'],
  ])('claude-setup %j ends with %i and one clear line', async (args, status, text) => {
    const { env } = await temporary();
    const ended = await claudeSetup(args, env);
    expect(`${ended.stdout}${ended.stderr}`).toContain(text);
    expect(ended.status).toBe(status);
    if (status !== 0) expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('--version and --help answer', async () => {
    const { env } = await temporary();
    expect((await claudeSetup(['--version'], env)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await claudeSetup(['--help'], env)).stdout).toContain('profile');
  });

  it('a missing engine is said with its cause and exit status 3', async () => {
    const { env, root } = await temporary();
    const ended = await claudeSetup(['build', '--json'], { ...env, DOCKER_HOST: `unix://${root}/none.sock` });
    expect(ended.status).toBe(3);
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'engine.missing' } });
  });

  it('a daemon that hangs costs a few seconds, not for ever', async () => {
    const { env, root } = await temporary();
    const socket = join(root, 'hangs.sock');
    server = createServer(() => undefined);
    await new Promise<void>((resolve) => server?.listen(socket, resolve));
    const started = Date.now();
    const ended = await claudeSetup(['build'], { ...env, DOCKER_HOST: `unix://${socket}` });
    expect(ended.stderr).toMatch(/did not answer|does not answer|no answer/);
    expect(ended.status).toBe(1);
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  it('a directory with other things in it is left alone unless that is allowed', async () => {
    const { env, authDir } = await temporary();
    await mkdir(authDir, { mode: 0o700 });
    await writeFile(join(authDir, 'notes.txt'), 'mine');
    const refused = await claudeSetup(['profile', 'add', 'dev'], env);
    expect(refused.stderr).toContain('notes.txt');
    expect(refused.status).toBe(1);
    expect((await claudeSetup(['profile', 'add', 'dev', '--use-occupied'], env)).status).toBe(0);
    expect(await readFile(join(authDir, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('CLAUDE_HUB_DIR is where dev is kept, and a captured directory there is adopted', async () => {
    const { env, root } = await temporary();
    const hub = join(root, 'hub');
    await mkdir(hub, { mode: 0o700 });
    const login = {
      accessToken: 'sk-ant-oat01-TEST',
      refreshToken: 'sk-ant-ort01-TEST',
      expiresAt: Date.now() + 8 * 3600_000,
      scopes: ['user:inference', 'user:profile'],
    };
    await writeFile(join(hub, '.credentials.json'), JSON.stringify({ claudeAiOauth: login }), {
      mode: 0o600,
    });
    const added = await claudeSetup(['profile', 'add', 'dev', '--json'], { ...env, CLAUDE_HUB_DIR: hub });
    expect(JSON.parse(added.stdout)).toMatchObject({ name: 'dev', authDir: hub, directory: 'captured' });
    const shown = await claudeSetup(['profile', 'list', '--json'], env);
    expect(JSON.parse(shown.stdout)).toMatchObject([{ name: 'dev', default: true, status: 'warn' }]);
    expect(shown.stdout).not.toContain('TEST');
  });

  it('a broken configuration is kept and named', async () => {
    const { env, setupHome } = await temporary();
    await mkdir(setupHome, { recursive: true });
    await writeFile(join(setupHome, 'config.json'), '{ broken');
    const ended = await claudeSetup(['profile', 'list'], env);
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain('config.json');
    expect(await readFile(join(setupHome, 'config.json'), 'utf8')).toBe('{ broken');
  });
});

const reason = await whyNoDocker();

describe.skipIf(reason !== null)(`a sign-in that is left (${reason ?? 'real engine'})`, () => {
  let place: Awaited<ReturnType<typeof issuerOnBridge>>;
  beforeAll(async () => {
    place = await issuerOnBridge();
  });
  afterAll(() => place?.close());

  const containers = async (): Promise<string> =>
    (await docker('ps', '-aq', '--filter', 'label=claude-setup.role=sign-in')).stdout;

  const inSession = async (columns = 80, rows = 24) => {
    const made = await temporary();
    await configureImage(made.setupHome, {
      base: testBase,
      caFile: place.caFile,
      extraHosts: place.extraHosts,
    });
    const built = await claudeSetup(['build'], made.env);
    expect(built.stderr).not.toContain('Fix:');
    await claudeSetup(['profile', 'add', 'dev'], made.env);
    const before = await containers();
    const opened = await openTmux({ columns, rows, command: [...product, 'login', 'dev'], env: made.env });
    terminal = opened;
    await opened.waitFor('How do you want to sign in?', 60_000);
    await opened.keys('Enter');
    await opened.waitFor('Paste code here', 60_000);
    return { ...made, opened, before };
  };

  it('by the menu: the container is gone and nothing was captured', async () => {
    const { opened, before, home } = await inSession();
    expect(await containers()).not.toBe(before);
    await opened.keys('C-]');
    await opened.waitFor('q quit');
    await opened.keys('q');
    await opened.waitFor('Leave anyway?');
    await opened.keys('y');
    await opened.ended();
    expect(await containers()).toBe(before);
    expect(await readdir(home)).toEqual([]);
  }, 400_000);

  it("by Ctrl+C, which is the session's: the CLI ends, and the wizard says what to do", async () => {
    const { opened, before } = await inSession();
    await opened.keys('C-c');
    await opened.waitFor('The sign-in ended too early');
    await opened.waitFor('sign in again');
    await expect.poll(containers).toBe(before);
  });

  it('by closing the terminal: the container is gone', async () => {
    const { opened, before } = await inSession();
    await opened.close();
    await expect.poll(containers, { timeout: 20_000 }).toBe(before);
  });

  it('in a terminal too small for the pane, the session has all of it from the start', async () => {
    const { opened } = await inSession(50, 16);
    const screen = await opened.capture();
    expect(screen).toContain('Opening browser to sign in');
    expect(screen).not.toContain('claude-setup');
    await opened.keys('C-]');
    await opened.waitFor('Ctrl+]');
    await opened.resize(100, 30);
    await opened.waitFor('Captured files, live');
  });
});
