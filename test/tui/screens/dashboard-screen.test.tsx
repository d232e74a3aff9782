import { describe, expect, it, vi } from 'vitest';
import { fail } from '../../../src/domain/failure.ts';
import { createFakeWorld, putLogin } from '../fake-world.ts';
import { keys, openApp } from '../open-app.tsx';

const start = { screen: 'dashboard' } as const;

const threeProfiles = () => {
  const world = createFakeWorld();
  world.addProfile('dev');
  world.addProfile('staging', { signedIn: false });
  world.addProfile('test');
  return world;
};

describe('the dashboard', () => {
  it('shows every profile with its health, account, plan and time left', async () => {
    const app = openApp(threeProfiles(), { start });
    expect(await app.waitFor('staging')).toMatchInlineSnapshot(`
      " claude-setup                                                          profiles
      ────────────────────────────────────────────────────────────────────────────────
       Your profiles

       ❯ ✔ dev             ada@example.com, max, ends in 28 days, default
         ✖ staging         nobody, sign in again
         ✔ test            ada@example.com, max, ends in 28 days

       /home/ada/.claude-auth-dev














       Enter sign in again  c checks  t troubles  a add  d default  ? help  q quit"
    `);
  });

  it('is live', async () => {
    const world = threeProfiles();
    const app = openApp(world, { start });
    await app.waitFor('nobody, sign in again');
    putLogin(world.store.directory('/home/ada/.claude-auth-staging'));
    await vi.waitFor(() => {
      world.clock.advance(5000);
      expect(app.frame()).not.toContain('nobody');
    });
    world.clock.advance(3 * 24 * 3_600_000);
    await app.waitFor('ends in 25 days');
  });

  it('makes another profile the default', async () => {
    const world = threeProfiles();
    const app = openApp(world, { start });
    await app.waitFor('staging');
    await app.type(keys.down);
    await app.waitFor('❯ ✖ staging');
    await app.type('d');
    await app.waitFor('sign in again, default');
    expect(world.config.defaultProfile).toBe('staging');
  });

  it('shows the checks of a profile', async () => {
    const app = openApp(threeProfiles(), { start });
    await app.waitFor('staging');
    await app.type(keys.down);
    await app.type('c');
    await app.waitFor('The checks of staging');
    expect(app.frame()).toContain('✖ failed:');
    await app.type(keys.escape);
    await app.waitFor('Your profiles');
  });

  it('signs in again, also where the login is fine', async () => {
    const world = threeProfiles();
    world.addImage();
    const app = openApp(world, { start });
    await app.waitFor('staging');
    await app.type(keys.enter);
    await app.waitFor('How do you want to sign in?');
    expect(app.frame()).toContain('dev, in a container');
  });

  it('adds a profile', async () => {
    const app = openApp(threeProfiles(), { start });
    await app.waitFor('staging');
    await app.type('a');
    await app.waitFor('Where the sign-in runs');
  });

  it('ends completed', async () => {
    const app = openApp(threeProfiles(), { start });
    await app.waitFor('staging');
    await app.type('q');
    await vi.waitFor(() =>
      expect(app.left).toEqual([{ outcome: 'completed', interrupted: false, profile: null }]),
    );
  });

  it('tells what is wrong with the configuration', async () => {
    const world = threeProfiles();
    world.ports.settings.load = async () =>
      fail('settings.broken', 'The configuration can not be read', 'it is not JSON', 'mend it');
    const app = openApp(world, { start });
    const frame = await app.waitFor('Why: it is not JSON');
    expect(frame).toContain('Fix: mend it');
    expect(frame).toContain('try again');
  });

  it('scrolls through many profiles', async () => {
    const world = createFakeWorld();
    for (let count = 0; count < 100; count += 1) world.addProfile(`p${count}`);
    const app = openApp(world, { start, columns: 60, rows: 20 });
    await app.waitFor('90 more');
    await app.type('\x1b[F');
    await app.waitFor('❯ ✔ p99');
    expect(app.frame().split('\n')).toHaveLength(20);
  });
});
