import { describe, expect, it, vi } from 'vitest';
import type { EngineSearch } from '../../../src/ports/engine.ts';
import { attempt, createFakeWorld } from '../fake-world.ts';
import { keys, openApp } from '../open-app.tsx';

const permission = attempt(
  'default',
  'engine.permission',
  'your user may not open /var/run/docker.sock',
  'run `sudo usermod -aG docker ada`, log out and in again',
);

const withoutEngine = (platform: NodeJS.Platform = 'linux') => {
  const world = createFakeWorld({ platform });
  world.search = () => ({
    engine: null,
    attempts: [
      attempt('context', 'engine.missing', 'its socket is not there', 'start Docker Desktop'),
      permission,
      ...(['rootless', 'colima', 'orbstack', 'podman'] as const).map((source) =>
        attempt(source, 'engine.missing', 'there is no socket', 'start it'),
      ),
    ],
  });
  return world;
};

describe('the engine screen', () => {
  it('searches, and shows what it found', async () => {
    const world = createFakeWorld();
    const { promise, resolve } = Promise.withResolvers<EngineSearch>();
    world.search = () => promise;
    const app = openApp(world);
    await app.waitFor('Looking for a container engine, such as Docker or Podman');
    resolve({ engine: world.engine, attempts: [permission] });
    await app.waitFor('Docker Engine 28.3.0 is running');
    expect(app.frame()).toContain('Address   unix:///var/run/docker.sock');
    expect(app.frame()).toContain('Found by  default socket');
    expect(app.frame()).not.toContain('API');
    await app.type('d');
    await app.waitFor('API       1.51, linux/amd64');
    expect(app.frame()).toContain('Not used  default socket: your user may not open');
  });

  it.each([
    [80, 24],
    [60, 20],
  ])('names every place and the fix of the one under the focus at %ix%i', async (columns, rows) => {
    const app = openApp(withoutEngine(), { columns, rows });
    const frame = await app.waitFor('No container engine answered');
    expect(frame).toContain('❯ ✖ default socket');
    expect(frame.replaceAll(/[│\s]+/g, ' ')).toContain(
      'Fix: run `sudo usermod -aG docker ada`, log out and in again',
    );
    expect(frame).toMatch(/press s\s+to\s+sign\s+in/);
    await app.type(keys.up);
    await app.waitFor('❯ ✖ Docker context');
    expect(app.frame()).toContain('Fix: start Docker Desktop');
  });

  it('stays to be seen while the next step is looked at', async () => {
    const world = createFakeWorld();
    const { promise, resolve } = Promise.withResolvers<void>();
    const { update } = world.ports.settings;
    vi.spyOn(world.ports.settings, 'update').mockImplementation((change) =>
      promise.then(() => update(change)),
    );
    const app = openApp(world);
    await app.waitFor('is running');
    await app.type(keys.enter);
    const frame = await app.waitFor('Looking at what is there');
    expect(frame).toContain('is running');
    expect(frame.split('\n').at(-1)).toBe(' Ctrl+C quit');
    resolve();
    await app.waitFor('Which login is this for?');
  });

  it('tries again on request', async () => {
    const world = withoutEngine();
    const app = openApp(world);
    await app.waitFor('No container engine answered');
    world.search = () => ({ engine: world.engine, attempts: [] });
    await app.type('r');
    await app.waitFor('is running');
  });

  it('leads into the sandbox on Linux', async () => {
    const world = withoutEngine();
    const app = openApp(world);
    await app.waitFor('You can also press s');
    await app.type('s');
    const frame = await app.waitFor('Which login is this for?');
    expect(frame).toContain('on this machine');
    expect(frame).toContain('○ CLI');
    expect(world.config.wizard?.runtime).toBe('sandbox');
  });

  it('says why there is no other way on macOS', async () => {
    const world = withoutEngine('darwin');
    const app = openApp(world);
    await app.waitFor('Keychain');
    await app.type('s');
    expect(app.frame()).toContain('No container engine answered');
  });

  it('takes the sandbox although an engine was found, also while it is searched', async () => {
    const world = createFakeWorld();
    world.search = () => new Promise(() => {});
    const app = openApp(world);
    await app.waitFor('Looking for a container engine');
    await app.type('s');
    await app.waitFor('Which login is this for?');
  });

  it('drops a search that ends late', async () => {
    const world = createFakeWorld();
    const first = Promise.withResolvers<EngineSearch>();
    world.search = () => first.promise;
    const app = openApp(world);
    await app.waitFor('Looking for a container engine');
    await app.type('s');
    await app.waitFor('Which login is this for?');
    first.resolve({ engine: null, attempts: [permission] });
    await vi.waitFor(() => expect(app.frame()).toContain('Which login is this for?'));
    await app.type(keys.escape);
    world.search = () => ({ engine: world.engine, attempts: [] });
    await app.waitFor('Where the sign-in runs');
  });
});
