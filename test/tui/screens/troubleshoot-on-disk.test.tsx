import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createComposeFiles } from '../../../src/adapters/compose/compose-files.ts';
import { createOutputFiles } from '../../../src/adapters/host/output-files.ts';
import { createAuthStore } from '../../../src/adapters/store/auth-store.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { tarBytes } from '../../support/config-tar.ts';
import { loginText, stateText } from '../../support/logins.ts';
import { unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';
import { createFakeWorld, startOfTest } from '../fake-world.ts';
import { keys, type OpenApp, openApp } from '../open-app.tsx';

const start = { screen: 'troubleshoot', profile: 'dev', failure: null } as const;

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
