import { describe, expect, it, vi } from 'vitest';
import { fail } from '../../../src/domain/failure.ts';
import { createFakeWorld, type FakeWorld, putLogin, readyWorld } from '../fake-world.ts';
import { keys, type OpenOptions, openApp } from '../open-app.tsx';

const start = { screen: 'wizard', profile: 'dev', runtime: 'docker' } as const;

const atMethod = async (world: FakeWorld, options: OpenOptions = {}) => {
  world.addImage();
  world.addProfile('dev', { signedIn: false });
  const app = openApp(world, { start, ...options });
  await app.waitFor('How do you want to sign in?');
  return app;
};

const begin = async (world: FakeWorld) => {
  const app = await atMethod(world);
  await app.type(keys.enter);
  await vi.waitFor(() => expect(world.runtime.runs).toHaveLength(1));
  return app;
};

const signedIn = async (world: FakeWorld) => {
  putLogin(world.runtime.run.files);
  await vi.waitFor(() => {
    world.clock.advance(250);
    expect(world.runtime.run.removed).toBe(true);
  });
};

describe('the sign-in step', () => {
  it.each([
    [80, 24],
    [60, 20],
  ])('explains each way to sign in at %ix%i', async (columns, rows) => {
    const app = await atMethod(createFakeWorld(), { columns, rows });
    for (const text of [
      'claude auth login',
      '--dangerously-skip-permissions',
      'Opens a shell',
      'setup-token',
    ]) {
      await app.waitFor(text);
      await app.type(keys.down);
    }
    expect(app.frame()).toMatch(/❯ Long-lived token/);
  });

  it('begins with the way of the command line', async () => {
    const world = createFakeWorld();
    const app = await atMethod(world, { start: { ...start, method: 'shell' } });
    expect(app.frame()).toContain('❯ Shell');
    await app.type(keys.enter);
    await vi.waitFor(() => expect(world.runtime.run.method).toBe('shell'));
  });

  it('takes the way that keys lead to which arrive all at once', async () => {
    const world = createFakeWorld();
    const app = await atMethod(world);
    await app.type(`${keys.down}${keys.down}${keys.down}${keys.enter}`);
    await vi.waitFor(() => expect(world.runtime.run.method).toBe('setup-token'));
  });

  it('captures a new login by itself', async () => {
    const world = createFakeWorld();
    const app = await begin(world);
    await signedIn(world);
    await app.waitFor('Sign-in: Captured 2 files, 2.4 kB');
  });

  it('says so when the session ends without a login, and clears it away', async () => {
    const world = createFakeWorld();
    const app = await begin(world);
    world.runtime.run.session?.end(1);
    const frame = await app.waitFor('The sign-in ended too early');
    expect(frame).toContain('exit status 1');
    expect(frame).toContain('Fix: sign in again');
    expect(world.runtime.run.removed).toBe(true);
    await app.type(keys.enter);
    await app.waitFor('How do you want to sign in?');
  });

  it('tells why a session does not start, and tries again', async () => {
    const world = createFakeWorld();
    world.runtime.failStart(
      fail('container.name-taken', 'No container was made', 'its name is taken', 'remove the other one')
        .failure,
    );
    const app = await atMethod(world);
    await app.type(keys.enter);
    const frame = await app.waitFor('Why: its name is taken');
    expect(frame).toContain('Fix: remove the other one');
    world.runtime.failStart(null);
    await app.type(keys.enter);
    await app.waitFor('How do you want to sign in?');
  });

  it('keeps the session when the capture fails, and captures it again', async () => {
    const world = createFakeWorld();
    const app = await begin(world);
    world.store.failStage(
      fail('disk.full', 'The login was not captured', 'the disk is full', 'free space').failure,
    );
    putLogin(world.runtime.run.files);
    await vi.waitFor(() => {
      world.clock.advance(250);
      expect(app.frame()).toContain('the disk is full');
    });
    expect(app.frame()).toContain('The sign-in is kept');
    expect(world.runtime.run.removed).toBe(false);
    world.store.failStage(null);
    await app.type('r');
    await app.waitFor('Captured 2 files');
    expect(world.runtime.run.removed).toBe(true);
  });

  it('begins anew when the captured state is not wanted', async () => {
    const world = createFakeWorld();
    const app = await begin(world);
    world.store.failStage(
      fail('capture.too-large', 'Not captured', 'it is too large', 'sign in again').failure,
    );
    putLogin(world.runtime.run.files);
    await vi.waitFor(() => {
      world.clock.advance(250);
      expect(app.frame()).toContain('it is too large');
    });
    await app.type('n');
    await app.waitFor('How do you want to sign in?');
    expect(world.runtime.run.removed).toBe(true);
  });

  it('signs in again over a login that is fine, and then takes only new tokens', async () => {
    const world = readyWorld();
    const app = openApp(world, { start: { ...start, again: true } });
    await app.waitFor('How do you want to sign in?');
    await app.type(keys.enter);
    await vi.waitFor(() => expect(world.runtime.runs).toHaveLength(1));
    putLogin(world.runtime.run.files, { token: 'newer' });
    await vi.waitFor(() => {
      world.clock.advance(250);
      expect(app.frame()).toContain('Captured 2 files');
    });
    await app.waitFor('accepts this login');
  });

  it('lets the person sign in again on the way back', async () => {
    const world = readyWorld();
    const app = openApp(world, { start });
    await app.waitFor('accepts this login');
    await app.type(keys.escape);
    await app.waitFor('This profile holds a login of ada@example.com');
    await app.type('s');
    await app.waitFor('How do you want to sign in?');
  });
});
