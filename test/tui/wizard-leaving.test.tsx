import { describe, expect, it, vi } from 'vitest';
import { fail } from '../../src/domain/failure.ts';
import { createFakeWorld, putLogin } from './fake-world.ts';
import { keys, openApp } from './open-app.tsx';

describe('leaving', () => {
  const building = async () => {
    const world = createFakeWorld();
    world.addProfile('dev', { signedIn: false });
    world.engine.build.hold();
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: 'docker' } });
    await app.waitFor('Behind a company proxy');
    await app.type(keys.enter);
    await vi.waitFor(() => expect(world.engine.build.running).toBe(true));
    await app.waitFor('Building');
    return { world, app };
  };

  it('is asked about while work goes on, and can be taken back', async () => {
    const { world, app } = await building();
    await app.type('q');
    await app.waitFor('the build would be stopped. Leave anyway?');
    await app.type('n');
    await app.waitFor('Building');
    expect(world.engine.build.running).toBe(true);
    await app.type(keys.interrupt);
    await app.waitFor('Leave anyway?');
    await app.type('y');
    await vi.waitFor(() =>
      expect(app.left).toEqual([{ outcome: 'aborted', interrupted: true, profile: 'dev' }]),
    );
    expect(world.engine.build.cancelled).toBe(1);
  });

  it('takes Ctrl+C twice for a yes', async () => {
    const { app } = await building();
    await app.type(keys.interrupt);
    await app.waitFor('Leave anyway?');
    await app.type(keys.interrupt);
    await vi.waitFor(() => expect(app.left).toHaveLength(1));
  });

  it('stops the work and waits for its cleanup when the program is ended from outside', async () => {
    const { world, app } = await building();
    app.end();
    await vi.waitFor(() =>
      expect(app.left).toEqual([{ outcome: 'aborted', interrupted: true, profile: 'dev' }]),
    );
    expect(world.engine.build.running).toBe(false);
  });

  it('goes back out of a build only when it has been cleaned up', async () => {
    const world = createFakeWorld();
    world.addProfile('dev', { signedIn: false });
    const { promise: cleanup, resolve: cleanedUp } = Promise.withResolvers<void>();
    world.engine.build.hold();
    const build = world.engine.build;
    const slow: typeof build = Object.assign(async (...args: Parameters<typeof build>) => {
      const result = await build(...args);
      await cleanup;
      return result;
    }, {}) as typeof build;
    world.search = () => ({ engine: { ...world.engine, build: slow }, attempts: [] });
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: 'docker' } });
    await app.waitFor('Behind a company proxy');
    await app.type(keys.enter);
    await vi.waitFor(() => expect(build.running).toBe(true));
    await app.type(keys.escape);
    await app.waitFor('Stopping');
    expect(build.cancelled).toBe(1);
    expect(app.frame()).toContain('● Image');
    cleanedUp();
    await app.waitFor('Which login');
    expect(app.frame()).toContain('● Profile');
  });

  it('keeps a finished sign-in that was not captured, and clears an unfinished one away', async () => {
    const world = createFakeWorld();
    world.addImage();
    world.addProfile('dev', { signedIn: false });
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: 'docker' } });
    await app.waitFor('How do you want');
    await app.type(keys.enter);
    await vi.waitFor(() => expect(world.runtime.runs).toHaveLength(1));
    app.end();
    await vi.waitFor(() => expect(app.left).toHaveLength(1));
    expect(world.runtime.run.removed).toBe(true);

    world.store.failStage(fail('disk.full', 'Not captured', 'the disk is full', 'free some space').failure);
    putLogin(world.runtime.leave({ profile: 'dev' }).files);
    const again = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: 'docker' } });
    await again.waitFor('the disk is full');
    await again.type('q');
    await vi.waitFor(() => expect(again.left).toHaveLength(1));
    expect(world.runtime.run.removed).toBe(false);
  });
});
