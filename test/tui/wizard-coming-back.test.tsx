import { describe, expect, it, vi } from 'vitest';
import { createFakeWorld, home, putLogin, readyWorld } from './fake-world.ts';
import { keys, openApp } from './open-app.tsx';

describe('coming back', () => {
  it('goes on where it was left, by the saved answers, and looks at everything again', async () => {
    const world = createFakeWorld();
    world.addImage();
    const first = openApp(world);
    await first.waitFor('is running');
    await first.type(keys.enter);
    await first.waitFor('New: dev');
    await first.type(keys.enter);
    await first.waitFor('Directory');
    await first.type(keys.enter);
    await first.waitFor('How do you want to sign in?');
    await first.type('q');
    expect(first.left).toEqual([{ outcome: 'aborted', interrupted: false, profile: 'dev' }]);
    expect(world.config.wizard).toEqual({ runtime: 'docker', profile: 'dev', method: null });

    const second = openApp(world);
    const frame = await second.waitFor('How do you want to sign in?');
    expect(frame).toContain('Engine: Found Docker Engine 28.3.0');
    expect(frame).toContain('Profile: Using the profile dev');
    expect(frame).toContain('Image: The setup image claude-setup:21330 is up to date');

    world.engine.images.clear();
    const third = openApp(world);
    await third.waitFor('Behind a company proxy');
  });

  it('skips a healthy login and says so, and still asks the CLI', async () => {
    const world = readyWorld();
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: null } });
    const frame = await app.waitFor('accepts this login');
    expect(frame).toContain('Sign-in: Already signed in as ada@example.com');
    expect(world.runtime.calls.map(({ args }) => args)).toEqual([['auth', 'status']]);
  });

  it('goes back to satisfied steps, one by one', async () => {
    const world = readyWorld();
    const start = { screen: 'wizard', profile: 'dev', runtime: null } as const;
    const app = openApp(world, { start, rows: 40 });
    await app.waitFor('accepts this login');
    for (const text of ['Go on with it', 'is up to date', 'Which login', 'is running']) {
      await app.type(keys.escape);
      await app.waitFor(text);
    }
    await app.type(keys.enter);
    await app.waitFor('Verify: The Claude CLI accepts the login');
    await app.waitFor('You are done');
  });

  it('captures a sign-in that was finished when the wizard was killed', async () => {
    const world = createFakeWorld();
    world.addImage();
    world.addProfile('dev', { signedIn: false });
    putLogin(world.runtime.leave({ profile: 'dev' }).files);
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const stage = world.ports.store.stage;
    vi.spyOn(world.ports.store, 'stage').mockImplementation(async (...args) => {
      await held;
      return stage(...args);
    });
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: null } });
    await app.waitFor('A sign-in that was finished before, but not captured, was found again.');
    release();
    await app.waitFor('Captured 2 files, 2.4 kB');
    await app.waitFor('accepts this login');
    expect(world.runtime.run.removed).toBe(true);
  });

  it('takes a left sign-in up although the login in the directory is fine', async () => {
    const world = readyWorld();
    putLogin(world.runtime.leave({ profile: 'dev' }).files, { token: 'newer' });
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: null } });
    await app.waitFor('Captured 2 files');
    await app.waitFor('accepts this login');
    expect(world.store.directory(`${home}/.claude-auth-dev`).text('.credentials.json')).toContain(
      'TEST-newer',
    );
  });

  it('shows a sign-in that still runs', async () => {
    const world = createFakeWorld();
    world.addImage();
    world.addProfile('dev', { signedIn: false });
    const run = world.runtime.leave({ profile: 'dev', alive: true });
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: null } });
    await vi.waitFor(() => expect(run.session?.sizes.length).toBeGreaterThan(0));
    putLogin(run.files);
    await vi.waitFor(() => {
      world.clock.advance(250);
      expect(app.frame()).toContain('accepts this login');
    });
  });

  it('offers to make a profile that was named and is not there', async () => {
    const world = createFakeWorld();
    const app = openApp(world, { start: { screen: 'wizard', profile: 'prod', runtime: 'docker' } });
    await app.waitFor('❯ Name prod');
    await app.type(keys.enter);
    await app.waitFor(`❯ Directory ${home}/.claude-auth-prod`);
  });
});
