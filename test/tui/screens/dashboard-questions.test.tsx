import { describe, expect, it, vi } from 'vitest';
import { ok } from '../../../src/domain/failure.ts';
import { startOfTest } from '../fake-world.ts';
import { keys, openApp } from '../open-app.tsx';
import { day, filesOf, start, threeProfiles } from './dashboard-world.ts';

describe('what is asked before it is done', () => {
  it('renames, with the focus', async () => {
    const world = threeProfiles();
    world.addImage();
    const app = openApp(world, { start });
    await app.waitFor('staging');
    await app.type('e');
    await app.waitFor('Rename dev');
    await app.type(keys.clear);
    await app.type('main');
    await app.type(keys.enter);
    await app.waitFor('❯ ✔ main (default)');
    await app.waitFor('dev is called main now');
    expect(world.config.profiles[0]).toMatchObject({ name: 'main', authDir: '/home/ada/.claude-auth-dev' });
  });

  it('refuses a name that can not be one', async () => {
    const app = openApp(threeProfiles(), { start });
    await app.waitFor('staging');
    await app.type('e');
    await app.waitFor('Rename dev');
    await app.type(' X');
    await app.type(keys.enter);
    await app.waitFor('not renamed');
    expect(app.frame()).toContain("can't be a profile name");
  });

  it('removes from the list only', async () => {
    const world = threeProfiles();
    world.addImage();
    const app = openApp(world, { start });
    await app.waitFor('staging');
    await app.type('x');
    expect(await app.waitFor('Remove dev?')).toContain('The login stays in ~/.claude-auth-dev');
    await app.type('n');
    await app.waitFor('Your profiles (3)');
    await app.type('x');
    await app.waitFor('Remove dev?');
    await app.type('y');
    await app.waitFor('Your profiles (2)');
    expect(filesOf(world, 'dev').text('.credentials.json')).not.toBeNull();
  });

  it('never asks about one profile and does it to another', async () => {
    const world = threeProfiles();
    world.addImage();
    const app = openApp(world, { start });
    await app.waitFor('staging');
    await app.type('x');
    await app.waitFor('Remove dev?');
    // Somebody else is quicker.
    world.config = { ...world.config, profiles: world.config.profiles.slice(1) };
    world.clock.advance(1000);
    await app.type('y');
    await vi.waitFor(() => {
      world.clock.advance(1000);
      expect(app.frame()).toContain('Your profiles (2)');
    });
    expect(world.config.profiles.map(({ name }) => name)).toEqual(['staging', 'test']);
  });

  it('rolls back to the newest snapshot', async () => {
    const world = threeProfiles();
    const back: string[] = [];
    world.ports.store.snapshots = async () =>
      ok([
        { id: 'two', takenAt: startOfTest - day },
        { id: 'one', takenAt: startOfTest - 2 * day },
      ]);
    world.ports.store.rollback = async (_dir, { id }) => {
      back.push(id);
      return ok(undefined);
    };
    const app = openApp(world, { start });
    await app.waitFor('staging');
    await app.type('b');
    expect(await app.waitFor('Roll dev back?')).toContain('2026-11-23 10:00 UTC');
    await app.type('y');
    await app.waitFor('rolled back');
    expect(back).toEqual(['two']);
  });

  it('says that there is nothing to roll back to', async () => {
    const app = openApp(threeProfiles(), { start });
    await app.waitFor('staging');
    await app.type('b');
    await app.waitFor('there is no snapshot');
  });
});
