import { describe, expect, it } from 'vitest';
import type { ContainerMounts } from '../../src/domain/mounts/mounts.ts';
import type { Profile } from '../../src/domain/profile.ts';
import { examineProfile, examineSurroundings } from '../../src/usecases/examine.ts';
import { examineMounts } from '../../src/usecases/mounts.ts';
import { loginText } from '../support/logins.ts';
import { createFakeWorld, type FakeWorld, startOfTest } from '../tui/fake-world.ts';

const never = new AbortController().signal;
const target = '/home/node/.claude';
const failure = { code: 'engine.lost', what: 'Lost', why: 'cut', fix: 'again' } as const;

const makeWorld = () => {
  const world = createFakeWorld();
  world.addImage();
  return { world, profile: world.addProfile('dev') };
};
const pictureOf = async ({ ports, config }: FakeWorld, profile: Profile | null) => {
  const surroundings = await examineSurroundings(ports, { config, composeFiles: [] }, never);
  return examineProfile(ports, surroundings, profile, null);
};
const mounting = (name: string, source: string): ContainerMounts => ({
  name,
  mounts: [{ source, target, readOnly: false }],
  environment: { CLAUDE_CONFIG_DIR: target },
  user: null,
});

describe('a picture', () => {
  it('holds everything that a diagnosis looks at', async () => {
    const { world, profile } = makeWorld();
    world.engine.clock = () => startOfTest - 5000;
    expect(await pictureOf(world, profile)).toMatchObject({
      engine: { found: 'Docker Engine 28.3.0 at unix:///var/run/docker.sock' },
      image: { state: 'current', cliVersion: '2.1.330', createdAt: startOfTest },
      report: { status: 'pass' },
      mounts: [],
      clockSkewMs: 5000,
      disk: { readOnly: false },
      snapshot: null,
      unfinished: null,
      uncaptured: false,
      failure: null,
    });
  });

  it('leaves out what can not be looked at, and keeps the rest', async () => {
    const { world, profile } = makeWorld();
    world.engine.breakDown(failure);
    world.ports.store.disk = async () => null;
    world.ports.store.snapshots = async () => ({ ok: false, failure });
    expect(await pictureOf(world, profile)).toMatchObject({
      engine: { found: expect.any(String) },
      image: null,
      clockSkewMs: null,
      disk: null,
      snapshot: null,
      report: { status: 'pass' },
    });
    world.search = () => ({ engine: null, attempts: [] });
    expect(await pictureOf(world, profile)).toMatchObject({ engine: { found: null }, image: null });
  });

  it('tells an image of other settings from none', async () => {
    const { world } = makeWorld();
    const [image] = world.engine.images.values();
    world.engine.images.clear();
    expect((await pictureOf(world, null)).image).toMatchObject({ state: 'missing', cliVersion: null });
    if (image) world.engine.images.set('claude-setup:latest', image);
    expect((await pictureOf(world, null)).image).toMatchObject({ state: 'stale', cliVersion: '2.1.330' });
  });

  it('sees a finished sign-in that was not captured, and no other', async () => {
    const { world, profile } = makeWorld();
    const uncaptured = async () => (await pictureOf(world, profile)).uncaptured;
    const run = world.runtime.leave({ profile: 'dev', alive: true });
    expect(await uncaptured()).toBe(false);
    run.files.set('.credentials.json', '{"claudeAiOauth":{"accessToken":""}}');
    expect(await uncaptured()).toBe(false);
    run.files.set(
      '.credentials.json',
      world.store.directory(profile.authDir).text('.credentials.json') ?? '',
    );
    expect(await uncaptured()).toBe(false);
    run.files.set('.credentials.json', loginText('new'));
    expect(await uncaptured()).toBe(true);
    expect(run.removed).toBe(false);
    world.runtime.leave({ profile: 'other' }).files.set('.credentials.json', loginText('other'));
    await run.remove();
    expect(await uncaptured()).toBe(false);
  });

  it('is made with its parts at the same time', async () => {
    const { world, profile } = makeWorld();
    let running = 0;
    let most = 0;
    const slow = async <T>(value: T): Promise<T> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return value;
    };
    world.ports.store.disk = () => slow(null);
    world.ports.store.pending = () => slow(null);
    world.ports.store.snapshots = () => slow({ ok: true, value: [] });
    await pictureOf(world, profile);
    expect(most).toBe(3);
  });
});

describe('mounts', () => {
  const look = (world: FakeWorld) =>
    examineMounts(world.ports, {
      composeFiles: [],
      engine: world.engine,
      profiles: world.config.profiles,
    });

  it('of a service that runs are told once', async () => {
    const { world } = makeWorld();
    world.compose = { files: ['/app/compose.yaml'], services: [mounting('bot', '/srv/other')] };
    world.engine.foreign = [mounting('app-bot-1', '/srv/other'), mounting('web', '/srv/more')];
    const { findings } = await look(world);
    expect(findings.map(({ service, running }) => [service, running])).toEqual([
      ['bot', false],
      ['web', true],
    ]);
  });

  it('of a directory that apply has filled are fine for many when it is a lease, and not when it is the login', async () => {
    const { world } = makeWorld();
    const names = ['bot', 'api'];
    world.compose = {
      files: ['/app/compose.yaml'],
      services: names.map((name) => mounting(name, '/srv/claude')),
    };
    const publication = { profile: 'dev', directory: '/srv/claude', owner: null };
    const written = { logins: [], states: [] };
    const ids = async (full: boolean) => {
      const publications = [{ ...publication, written, full }];
      const known = { profiles: world.config.profiles, publications };
      const { findings } = await examineMounts(world.ports, { composeFiles: [], engine: null, ...known });
      return findings.map(({ id }) => id);
    };
    expect(await ids(false)).toEqual(['mount.ok', 'mount.ok']);
    expect(await ids(true)).toEqual(['mount.ok', 'mount.ok', 'mount.shared-login']);
  });

  it('of one service in a file and in the engine are no shared login', async () => {
    const { world, profile } = makeWorld();
    world.compose = { files: ['/app/compose.yaml'], services: [mounting('bot', profile.authDir)] };
    world.engine.foreign = [mounting('app-bot-1', profile.authDir)];
    expect((await look(world)).findings.map(({ id }) => id)).toEqual(['mount.ok']);
    world.engine.foreign = [mounting('app-bot-1', profile.authDir), mounting('app-bot-2', profile.authDir)];
    expect((await look(world)).findings.map(({ id }) => id)).toContain('mount.shared-login');
  });

  it('of a running container are not missing because they are on another machine', async () => {
    const { world } = makeWorld();
    world.ports.composeFiles.sourceKind = async () => 'missing';
    world.engine.foreign = [mounting('bot', '/on/another/machine')];
    expect((await look(world)).findings).toMatchObject([{ id: 'mount.unknown-source' }]);
  });

  it('that can not be read are failures beside the others', async () => {
    const { world } = makeWorld();
    world.ports.composeFiles.read = async () => ({ ok: false, failure });
    world.engine.foreign = [mounting('bot', '/srv/other')];
    const seen = await look(world);
    expect(seen.failures).toEqual([failure]);
    expect(seen.findings).toHaveLength(1);
  });
});
