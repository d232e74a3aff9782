import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { createComposeFiles } from '../../../src/adapters/compose/compose-files.ts';
import { createOutputFiles } from '../../../src/adapters/host/output-files.ts';
import { createAuthStore } from '../../../src/adapters/store/auth-store.ts';
import { fail } from '../../../src/domain/failure.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { tarBytes } from '../../support/config-tar.ts';
import { loginText, stateText } from '../../support/logins.ts';
import { unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';
import { attempt, createFakeWorld, type FakeWorld, putLogin, startOfTest } from '../fake-world.ts';
import { keys, type OpenApp, openApp } from '../open-app.tsx';

const start = { screen: 'troubleshoot', profile: 'dev', failure: null } as const;

const healthyWorld = () => {
  const world = createFakeWorld();
  world.addImage();
  world.addProfile('dev');
  return world;
};

describe('the troubleshooting screen', () => {
  it('says that nothing is wrong, and ends completed', async () => {
    const app = openApp(healthyWorld(), { start });
    expect(await app.waitFor('Nothing is wrong')).toMatchInlineSnapshot(`
      " claude-setup                                              troubleshooting, dev
      ────────────────────────────────────────────────────────────────────────────────
       Nothing is wrong

       Engine, image, login, mounts, clock and disk were looked at, and all of it is
       fine.

















       Enter look again  ? help  q quit"
    `);
    await app.type('q');
    await vi.waitFor(() => expect(app.left).toMatchObject([{ outcome: 'completed' }]));
  });

  it('shows causes, evidence and fixes, then what a fix will do, does it and looks again', async () => {
    const world = healthyWorld();
    world.engine.images.clear();
    const app = openApp(world, { start });
    expect(await app.waitFor('This is wrong')).toMatchInlineSnapshot(`
      " claude-setup                                              troubleshooting, dev
      ────────────────────────────────────────────────────────────────────────────────
       This is wrong

       ❯ ✖ The setup image is not there, or was built with other settings

       The setup image was never built on this engine.

       • wanted: claude-setup:21330
       • there: none

       1 build the image











       Enter build the image  r look again  ? help  q quit"
    `);
    await app.type(keys.enter);
    expect(await app.waitFor('this will be done')).toMatchInlineSnapshot(`
      " claude-setup                                              troubleshooting, dev
      ────────────────────────────────────────────────────────────────────────────────
       The setup image is not there, or was built with other settings

       To build the image, this will be done:

       • Builds the setup image with the settings as they are.
       • claude-setup build















       Enter do it  Esc another way  ? help  q quit"
    `);
    expect(world.engine.build.requests).toHaveLength(0);
    await app.type(keys.enter);
    expect(await app.waitFor('Mended')).toMatchInlineSnapshot(`
      " claude-setup                                              troubleshooting, dev
      ────────────────────────────────────────────────────────────────────────────────
       Nothing is wrong

       ✔ Mended. claude-setup:21330 was built.

       Engine, image, login, mounts, clock and disk were looked at, and all of it is
       fine.















       Enter look again  ? help  q quit"
    `);
    expect(world.engine.build.requests.length).toBeGreaterThan(0);
  });

  it('takes a fix that fails as the next thing to look at', async () => {
    const world = healthyWorld();
    world.engine.images.clear();
    world.engine.build.hold();
    const app = openApp(world, { start });
    await app.waitFor('This is wrong');
    await app.type(keys.enter);
    await app.waitFor('this will be done');
    await app.type(keys.enter);
    await vi.waitFor(() => expect(world.engine.build.running).toBe(true));
    world.engine.build.emit({ type: 'step', step: 1, steps: 9, text: 'FROM node' });
    await app.waitFor('Step 1 of 9: FROM node');
    const cause = 'Something between the build and the npm registry intercepts TLS';
    world.engine.build.fail(
      fail('image.tls', cause, 'self signed certificate', 'claude-setup build --ca FILE').failure,
    );
    const frame = await app.waitFor('These 2 things are wrong');
    expect(frame).toContain('The image build stops at a certificate error');
    expect(frame).toContain('self signed certificate');
  });

  it('stops a fix and goes back to the list', async () => {
    const world = healthyWorld();
    world.engine.images.clear();
    world.engine.build.hold();
    const app = openApp(world, { start });
    await app.waitFor('This is wrong');
    await app.type(keys.enter);
    await app.waitFor('this will be done');
    await app.type(keys.enter);
    await vi.waitFor(() => expect(world.engine.build.running).toBe(true));
    await app.type(keys.escape);
    await vi.waitFor(() => expect(world.engine.build.cancelled).toBe(1));
    await app.waitFor('this will be done');
    await app.type(keys.escape);
    await app.waitFor('This is wrong');
  });

  it('moves through several troubles', async () => {
    const world = healthyWorld();
    world.engine.images.clear();
    world.store.directory('/home/ada/.claude-auth-dev').delete('.credentials.json');
    const app = openApp(world, { start, columns: 100, rows: 30 });
    expect(await app.waitFor('These 2 things are wrong')).toMatchInlineSnapshot(`
      " claude-setup                                                                  troubleshooting, dev
      ────────────────────────────────────────────────────────────────────────────────────────────────────
       These 2 things are wrong

       ❯ ✖ The setup image is not there, or was built with other settings
         ✖ .credentials.json is not there

       The setup image was never built on this engine.

       • wanted: claude-setup:21330
       • there: none

       1 build the image
















       Enter build the image  r look again  ? help  q quit"
    `);
    await app.type(keys.down);
    await app.waitFor('The sign-in was never finished');
  });

  it('stays within a small terminal', async () => {
    const world = healthyWorld();
    world.search = () => ({ engine: null, attempts: [] });
    world.store.directory('/home/ada/.claude-auth-dev').delete('.credentials.json');
    const app = openApp(world, { start, columns: 60, rows: 20 });
    await app.waitFor('These 2 things are wrong');
    const lines = app.frame().split('\n');
    expect(lines).toHaveLength(20);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('is reached from the dashboard and goes back there', async () => {
    const world = healthyWorld();
    world.addProfile('staging', { signedIn: false });
    const app = openApp(world, { start: { screen: 'dashboard' } });
    await app.waitFor('staging');
    await app.type(keys.down);
    await app.waitFor('❯ ✖ staging');
    await app.type('t');
    await app.waitFor('troubleshooting, staging');
    await app.waitFor('The directory is not there');
    await app.type(keys.escape);
    await app.waitFor('Your profiles');
  });

  it('is reached from a failure of the wizard and goes back there', async () => {
    const world = createFakeWorld();
    world.addProfile('dev');
    world.engine.build.hold();
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: 'docker' } });
    await app.waitFor('The setup image');
    await app.type(keys.enter);
    await vi.waitFor(() => expect(world.engine.build.running).toBe(true));
    world.engine.build.fail(
      fail('image.network', 'Nothing can be downloaded', 'ENOTFOUND', 'check the network').failure,
    );
    await app.waitFor('t what is wrong?');
    await app.type('t');
    await app.waitFor('The image build stops because nothing can be downloaded');
    await app.type(keys.escape);
    await app.waitFor('The setup image');
  });

  it('tells what is wrong with the configuration', async () => {
    const world = healthyWorld();
    world.ports.settings.load = async () =>
      fail('settings.broken', 'The configuration can not be read', 'it is not JSON', 'mend it');
    const app = openApp(world, { start });
    await app.waitFor('Why: it is not JSON');
  });
});

/** Trouble that a person mends by hand, or by signing in. */
interface ByHand {
  readonly symptom: string;
  readonly breakIt: (world: FakeWorld) => void;
  readonly heal: (world: FakeWorld) => void;
}

const authDir = '/home/ada/.claude-auth-dev';
const withoutEngine =
  (code: 'engine.missing' | 'engine.permission' | 'engine.timeout') => (world: FakeWorld) => {
    const attempts = [attempt('default', code, 'as the test says', 'do what the test says')];
    world.search = () => ({ engine: null, attempts });
  };
const withEngine = (world: FakeWorld) => {
  world.search = () => ({ engine: world.engine, attempts: [] });
};
const setDisk = (freeBytes: number, readOnly: boolean) => (world: FakeWorld) => {
  world.ports.store.disk = async () => ({ freeBytes, readOnly });
};
const editLogin = (change: Record<string, unknown>) => (world: FakeWorld) => {
  const files = world.store.directory(authDir);
  const login = JSON.parse(files.text('.credentials.json') ?? '{}');
  Object.assign(login.claudeAiOauth, change);
  files.set('.credentials.json', JSON.stringify(login));
};
const put = (content: string) => (world: FakeWorld) =>
  world.store.directory(authDir).set('.credentials.json', content);
const signedInAgain = (world: FakeWorld) => putLogin(world.store.directory(authDir));

const byHand: Readonly<Record<string, ByHand>> = {
  'no engine': {
    symptom: 'No Docker engine is found',
    breakIt: withoutEngine('engine.missing'),
    heal: withEngine,
  },
  'no permission on the socket': {
    symptom: 'Docker is there, but "permission denied"',
    breakIt: withoutEngine('engine.permission'),
    heal: withEngine,
  },
  'a silent engine': {
    symptom: 'Docker does not answer',
    breakIt: withoutEngine('engine.timeout'),
    heal: withEngine,
  },
  'a clock that is off': {
    symptom: 'Tokens expire too early or too late',
    breakIt: (world) => {
      world.engine.clock = () => startOfTest + 30 * 60 * 1000;
    },
    heal: (world) => {
      world.engine.clock = () => startOfTest;
    },
  },
  'a full disk': {
    symptom: 'No space left on device',
    breakIt: setDisk(1000, false),
    heal: setDisk(1e12, false),
  },
  'a read-only disk': {
    symptom: 'Nothing can be written into the directory',
    breakIt: setDisk(1e12, true),
    heal: setDisk(1e12, false),
  },
  'an empty file': { symptom: 'has 0 bytes', breakIt: put(''), heal: signedInAgain },
  'a truncated file': {
    symptom: 'is cut or not JSON',
    breakIt: put('{"claudeAiOauth":{'),
    heal: signedInAgain,
  },
  'another shape': {
    symptom: 'something else than a login',
    breakIt: put('{"claudeAiOauth":{}}'),
    heal: signedInAgain,
  },
  'a login that another copy spent': {
    symptom: 'Signed out although nobody signed out',
    breakIt: editLogin({ accessToken: '', refreshToken: '', expiresAt: 0 }),
    heal: signedInAgain,
  },
  'missing scopes': {
    symptom: 'not allowed to use models',
    breakIt: editLogin({ scopes: ['user:profile'] }),
    heal: signedInAgain,
  },
  'an expired token': {
    symptom: 'The access token has expired',
    breakIt: editLogin({ expiresAt: startOfTest - 1000, refreshToken: '' }),
    heal: signedInAgain,
  },
  'an ended login': {
    symptom: 'The login itself has ended',
    breakIt: editLogin({ refreshTokenExpiresAt: startOfTest - 1000 }),
    heal: signedInAgain,
  },
  'a file of another user': {
    symptom: 'The credentials belong to another user',
    breakIt: (world) => Object.assign(world.ports.host, { uid: 1001 }),
    heal: (world) => Object.assign(world.ports.host, { uid: 1000 }),
  },
  'an API key in the environment': {
    symptom: 'The CLI uses another login than the captured one',
    breakIt: (world) => Object.assign(world.ports.host.env, { ANTHROPIC_API_KEY: 'sk-ant-api03-TEST' }),
    heal: (world) => Object.assign(world.ports.host.env, { ANTHROPIC_API_KEY: '' }),
  },
  'a missing file': {
    symptom: '.credentials.json is not there',
    breakIt: (world) => world.store.directory(authDir).delete('.credentials.json'),
    heal: signedInAgain,
  },
};

describe('trouble that is mended outside', () => {
  it.each(Object.entries(byHand))('%s', async (_name, { symptom, breakIt, heal }) => {
    const world = healthyWorld();
    breakIt(world);
    const app = openApp(world, { start });
    await app.waitFor(symptom);
    heal(world);
    await app.type('r');
    await app.waitFor('Nothing is wrong');
  });

  it('says when it is not mended yet, and when it is', async () => {
    const world = healthyWorld();
    withoutEngine('engine.permission')(world);
    const app = openApp(world, { start });
    await app.waitFor('This is wrong');
    await app.type('1');
    expect(await app.waitFor('This only you can do')).toContain('do what the test says');
    await app.type(keys.enter);
    await app.waitFor('it is not mended yet');
    withEngine(world);
    await app.type('1');
    await app.waitFor('This only you can do');
    await app.type(keys.enter);
    await app.waitFor('Mended. Looked again.');
  });

  it('opens the sign-in for a login that only a new one mends', async () => {
    const world = healthyWorld();
    editLogin({ accessToken: '', refreshToken: '' })(world);
    const app = openApp(world, { start });
    await app.waitFor('Signed out although nobody signed out');
    await app.type(keys.enter);
    await app.waitFor('Opens the sign-in for dev.');
    await app.type(keys.enter);
    await app.waitFor('How do you want to sign in?');
  });

  it('has an expired login refreshed on two keys', async () => {
    const world = healthyWorld();
    editLogin({ expiresAt: startOfTest - 1000 })(world);
    world.runtime.refreshes(({ files }) => putLogin(files, { token: 'renewed' }));
    const app = openApp(world, { start });
    await app.waitFor('The access token has expired');
    await app.type(keys.enter);
    await app.waitFor('claude-setup refresh dev');
    await app.type(keys.enter);
    await app.waitFor('Mended. The login has fresh tokens.');
    expect(world.store.directory(authDir).text('.credentials.json')).toContain('TEST-renewed');
  });

  it('names a refused refresh, keeps the login, and goes on to the sign-in', async () => {
    const world = healthyWorld();
    editLogin({ expiresAt: startOfTest - 1000 })(world);
    const before = world.store.directory(authDir).text('.credentials.json');
    world.runtime.refreshes(({ files }) => {
      const login = JSON.parse(files.text('.credentials.json') ?? '{}');
      Object.assign(login.claudeAiOauth, { accessToken: '', refreshToken: '', expiresAt: 0 });
      files.set('.credentials.json', JSON.stringify(login));
    });
    const app = openApp(world, { start, rows: 40 });
    await app.waitFor('The access token has expired');
    await app.type(keys.enter);
    await app.waitFor('claude-setup refresh dev');
    await app.type(keys.enter);
    const frame = await app.waitFor('A refresh of the login was refused');
    expect(frame).toContain('Another copy of this login was refreshed before');
    expect(world.store.directory(authDir).text('.credentials.json')).toBe(before);
    await app.type(keys.enter);
    await app.waitFor('Opens the sign-in for dev.');
  });

  it('knows a taken container name from the failure alone, and does not claim to see it mended', async () => {
    const failure = fail(
      'container.name-taken',
      'No container was made',
      '"bot" is taken',
      'docker rm bot',
    ).failure;
    const app = openApp(healthyWorld(), { start: { ...start, failure } });
    await app.waitFor('its name is taken');
    await app.type('1');
    await app.waitFor('docker rm bot');
    await app.type(keys.enter);
    await app.waitFor('Whether that helped shows only when you try again');
  });
});

/** A healthy world whose profile is a real directory. */
const realWorld = async () => {
  const place = await temporary();
  const world = createFakeWorld();
  world.addImage();
  const { name } = world.addProfile('dev', { authDir: place.authDir, signedIn: false });
  const store = createAuthStore({ uid: process.getuid?.() ?? null, now: () => startOfTest });
  await mkdir(place.authDir, { mode: 0o700 });
  await writeFile(join(place.authDir, '.credentials.json'), loginText('old'), { mode: 0o600 });
  await writeFile(join(place.authDir, '.claude.json'), stateText('old'), { mode: 0o600 });
  const ports: Ports = {
    ...world.ports,
    store,
    host: { ...world.ports.host, uid: process.getuid?.() ?? null },
  };
  const open = (changes: Partial<Ports> = {}): OpenApp =>
    openApp(
      { ...world, ports: { ...ports, ...changes } },
      { start: { ...start, profile: name }, columns: 120 },
    );
  return { ...place, world, store, open };
};

/** Enter, see what will be done, Enter. */
const agree = async (app: OpenApp, key: string = keys.enter): Promise<string> => {
  await app.type(key);
  const frame = await app.waitFor('this will be done');
  await app.type(keys.enter);
  return frame;
};

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('trouble that is mended on a key, on a real directory', () => {
  it.each([
    ['a directory', '.', 0o755, 'Others can read or change the directory'],
    ['a directory that others may write', '.', 0o777, 'Others can read or change the directory'],
    ['a file', '.credentials.json', 0o644, '"Permission denied" on .credentials.json'],
    ['a file that others may write', '.credentials.json', 0o666, '"Permission denied" on .credentials.json'],
  ])('%s with the mode %o', async (_what, path, mode, symptom) => {
    const { authDir: dir, open } = await realWorld();
    await chmod(join(dir, path), mode);
    const app = open();
    await app.waitFor(symptom);
    expect(await agree(app)).toContain('chmod -R u=rwX,go=');
    await app.waitFor('Mended');
    expect(await modeOf(dir)).toBe(0o700);
    expect(await modeOf(join(dir, '.credentials.json'))).toBe(0o600);
  });

  it.each([
    ['.claude.json without it', '{"userID":"u","theme":"dark"}'],
    ['no .claude.json', null],
  ])('onboarding that was never finished: %s', async (_what, content) => {
    const { authDir: dir, open } = await realWorld();
    const file = join(dir, '.claude.json');
    if (content === null) await rm(file);
    else await writeFile(file, content);
    const app = open();
    await app.waitFor('asks for theme and sign-in again');
    await agree(app);
    await app.waitFor('Onboarding is marked as done');
    const kept = content === null ? {} : JSON.parse(content);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ ...kept, hasCompletedOnboarding: true });
    expect(await modeOf(file)).toBe(0o600);
  });

  it('a cut file, by going back to the snapshot', async () => {
    const { authDir: dir, store, open } = await realWorld();
    const tar = await tarBytes({ '.credentials.json': loginText('new'), '.claude.json': stateText('new') });
    const staging = unwrap(
      await store.stage(dir, Readable.from([tar]), { leaveOut: [], signal: new AbortController().signal }),
    );
    unwrap(await store.commit(staging));
    await writeFile(join(dir, '.credentials.json'), loginText('new').slice(0, 40));
    const app = open();
    await app.waitFor('is cut or not JSON');
    expect(await agree(app, '2')).toContain('Puts the state of 2026-11-24T10:00:00.000Z back');
    await app.waitFor('Mended');
    expect(await readFile(join(dir, '.credentials.json'), 'utf8')).toBe(loginText('old'));
  });

  it('an interrupted capture', async () => {
    const { authDir: dir, store, open } = await realWorld();
    const area = join(dir, '..', `.${basename(dir)}.claude-setup`);
    await mkdir(join(area, 'staging', 'w1', 'tree'), { recursive: true, mode: 0o700 });
    await chmod(area, 0o700);
    await writeFile(join(area, 'staging', 'w1', 'owner.json'), '{}');
    const app = open();
    await app.waitFor('A capture was interrupted');
    await agree(app);
    await app.waitFor('Mended');
    expect(await store.pending(dir)).toBeNull();
    expect(await readFile(join(dir, '.credentials.json'), 'utf8')).toBe(loginText('old'));
  });

  it('a finished sign-in that was never captured', async () => {
    const { authDir: dir, world, open } = await realWorld();
    const run = world.runtime.leave({ profile: 'dev' });
    run.files.set('.credentials.json', loginText('fresh'));
    run.files.set('.claude.json', stateText('fresh'));
    const app = open();
    await app.waitFor('the wizard was closed before the login was kept');
    await agree(app);
    await app.waitFor('Mended');
    expect(await readFile(join(dir, '.credentials.json'), 'utf8')).toBe(loginText('fresh'));
    expect(run.removed).toBe(true);
  });

  it('a compose file that mounts the wrong directory', async () => {
    const { authDir: dir, home, open } = await realWorld();
    const compose = join(home, 'compose.yaml');
    await writeFile(
      compose,
      'services:\n  bot:\n    image: app\n    volumes:\n      - ./gone:/home/node/.claude\n',
    );
    const composeFiles = createComposeFiles({ env: {}, homeDir: home });
    const app = open({
      composeFiles: { ...composeFiles, read: (_cwd, files) => composeFiles.read(home, files) },
      outputFiles: createOutputFiles(),
    });
    await app.waitFor('The container finds no login, or loses it');
    expect(await agree(app)).toContain('CLAUDE_CONFIG_DIR: /home/node/.claude');
    await app.waitFor('Mended');
    expect(await readFile(join(home, 'compose.override.yaml'), 'utf8')).toContain(
      `- ${dir}:/home/node/.claude`,
    );
    expect(await readFile(compose, 'utf8')).toContain('./gone');
  });
});
