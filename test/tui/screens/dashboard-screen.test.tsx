import { describe, expect, it, vi } from 'vitest';
import { fail } from '../../../src/domain/failure.ts';
import { expectFits } from '../../support/frames.ts';
import { createFakeWorld, putLogin } from '../fake-world.ts';
import { keys, openApp } from '../open-app.tsx';
import { filesOf, hour, minute, start, threeProfiles } from './dashboard-world.ts';

describe('the dashboard', () => {
  it('is live: a sign-in elsewhere, and time going on', async () => {
    const world = threeProfiles();
    const app = openApp(world, { start });
    await app.waitFor('not signed in');
    putLogin(filesOf(world, 'staging'), { email: 'staging@example.com' });
    await vi.waitFor(() => {
      world.clock.advance(1000);
      expect(app.frame()).toContain('staging@');
    });
    world.clock.advance(7 * hour + 10 * minute);
    await app.waitFor('49 min');
    await vi.waitFor(() => {
      world.clock.advance(30 * minute);
      expect(app.frame()).toContain('refresh due');
    });
  });

  it('shows a profile that was added elsewhere, and keeps the focus', async () => {
    const world = threeProfiles();
    const app = openApp(world, { start });
    await app.waitFor('staging');
    await app.type(keys.down);
    const added = world.addProfile('new');
    world.config = { ...world.config, profiles: [added, ...world.config.profiles.slice(0, -1)] };
    await vi.waitFor(() => {
      world.clock.advance(1000);
      expect(app.frame()).toContain('Your profiles (4)');
    });
    expect(app.frame()).toContain('❯ ✖ staging');
  });

  it('makes another profile the default', async () => {
    const world = threeProfiles();
    const app = openApp(world, { start });
    await app.waitFor('staging');
    await app.type(keys.down);
    await app.waitFor('❯ ✖ staging');
    await app.type('d');
    await app.waitFor('staging (default)');
    expect(world.config.defaultProfile).toBe('staging');
    expect(app.frame()).toContain('staging is the default profile now');
  });

  it('shows all checks of a profile, scrolled where there is no room', async () => {
    const app = openApp(threeProfiles(), { start, columns: 60, rows: 12 });
    await app.waitFor('staging');
    await app.type('c');
    const frame = await app.waitFor('The checks of dev');
    expect(frame).toContain('1-6 of');
    expect(frame).toContain('✔ fine: Only you can look into the directory');
    await app.type('\x1b[F');
    await app.waitFor('The real CLI was not asked');
    await app.type(keys.escape);
    await app.waitFor('Your profiles (3)');
  });

  it('signs in again, also where the login is fine, and comes back', async () => {
    const world = threeProfiles();
    world.addImage();
    const app = openApp(world, { start });
    await app.waitFor('staging');
    await app.type('\x1b[F');
    await app.waitFor('❯ ✔ test');
    await app.type(keys.enter);
    await app.waitFor('How do you want to sign in?');
    expect(app.frame()).toContain('test, in a container');
    for (const title of ['Base image', 'Which login', 'Where the sign-in runs', 'Your profiles (3)']) {
      await app.type(keys.escape);
      await app.waitFor(title);
      // Keys rest until the screen before has cleaned up.
      await vi.waitFor(() => expect(app.frame()).not.toContain('Stopping'));
    }
    await app.waitFor('❯ ✔ test');
  });

  it('adds a profile', async () => {
    const app = openApp(threeProfiles(), { start });
    await app.waitFor('staging');
    await app.type('a');
    await app.waitFor('Where the sign-in runs');
  });

  it('goes to the troubles of a profile and back to it', async () => {
    const app = openApp(threeProfiles(), { start });
    await app.waitFor('staging');
    await app.type(keys.down);
    await app.waitFor('❯ ✖ staging');
    await app.type('t');
    await app.waitFor('troubleshooting, staging');
    await app.waitFor('wrong');
    await app.type(keys.escape);
    await app.waitFor('❯ ✖ staging');
  });

  it('ends completed', async () => {
    const app = openApp(threeProfiles(), { start });
    await app.waitFor('staging');
    await app.type('q');
    await vi.waitFor(() =>
      expect(app.left).toEqual([{ outcome: 'completed', interrupted: false, profile: null }]),
    );
  });

  it('tells what is wrong with the configuration, also later, and heals by itself', async () => {
    const world = threeProfiles();
    const { load } = world.ports.settings;
    const broken = async () =>
      fail('settings.broken', 'The configuration can not be read', 'it is not JSON', 'mend it');
    world.ports.settings.load = broken;
    const app = openApp(world, { start });
    expect(await app.waitFor('Why: it is not JSON')).toContain('try again');
    world.ports.settings.load = load;
    await app.type('r');
    await app.waitFor('staging');
    world.ports.settings.load = broken;
    world.config = { ...world.config };
    world.ports.changes.settings = async () => 'another';
    await vi.waitFor(() => {
      world.clock.advance(1000);
      expect(app.frame()).toContain('Fix: mend it');
    });
    expect(app.frame()).toContain('staging');
    world.ports.settings.load = load;
    world.ports.changes.settings = async () => 'mended';
    await vi.waitFor(() => {
      world.clock.advance(1000);
      expect(app.frame()).not.toContain('Fix: mend it');
    });
  });

  it('scrolls through many profiles and says where it is', async () => {
    const world = createFakeWorld();
    for (let count = 0; count < 200; count += 1) world.addProfile(`p${count}`, { email: `${count}@a.b` });
    const app = openApp(world, { start, columns: 60, rows: 20 });
    await app.waitFor('1-7 of 200');
    await app.type('\x1b[F');
    await app.waitFor('❯ ✔ p199');
    expect(app.frame()).toContain('194-200 of 200  ↑ 193 more');
    expectFits(app.frame(), 60, 20);
  });
});

it('copies the path of the directory', async () => {
  const world = threeProfiles();
  const app = openApp(world, { start });
  await app.waitFor('staging');
  await app.type('y');
  await app.waitFor('Copied: /home/ada/.claude-auth-dev');
  expect(world.copied).toEqual(['/home/ada/.claude-auth-dev']);
});
