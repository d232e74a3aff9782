import { describe, expect, it } from 'vitest';
import { fail } from '../../src/domain/failure.ts';
import { createFakeWorld } from './fake-world.ts';
import { keys, openApp } from './open-app.tsx';

describe('help', () => {
  it('lists the keys of the screen and closes with any key', async () => {
    const app = openApp(createFakeWorld());
    await app.waitFor('is running');
    await app.type('?');
    expect(await app.waitFor('Help: Where the sign-in runs')).toMatchInlineSnapshot(`
      " claude-setup
       ● Engine ○ Profile ○ Image ○ Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       Help: Where the sign-in runs

       The sign-in runs in a container, so that it leaves nothing on this machine but
       the login. For that a container engine such as Docker or Podman is needed.

                Enter  continue
                    d  details
                    r  search again
                    s  no engine
                    ?  help
                    q  quit
               Ctrl+C  quit








       any key closes the help"
    `);
    await app.type('q');
    await app.waitFor('is running');
    expect(app.left).toEqual([]);
  });
});

describe('trouble with the configuration', () => {
  it('is shown with a way to try again', async () => {
    const world = createFakeWorld();
    world.settingsFailure = fail(
      'settings.unwritable',
      'The settings were not saved',
      'the disk is read-only',
      'make it writable',
    ).failure;
    const app = openApp(world);
    await app.waitFor('is running');
    await app.type(keys.enter);
    const frame = await app.waitFor('The settings were not saved');
    expect(frame).toContain('Why: the disk is read-only');
    expect(frame).toContain('Fix: make it writable');
    world.settingsFailure = null;
    await app.type(keys.enter);
    await app.waitFor('Which login');
  });
});
