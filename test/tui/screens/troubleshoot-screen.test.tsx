import { describe, expect, it, vi } from 'vitest';
import { fail } from '../../../src/domain/failure.ts';
import { expectFits } from '../../support/frames.ts';
import { readyWorld } from '../fake-world.ts';
import { keys, openApp } from '../open-app.tsx';

const start = { screen: 'troubleshoot', profile: 'dev', failure: null } as const;

describe('the troubleshooting screen', () => {
  it('says that nothing is wrong, and ends completed', async () => {
    const app = openApp(readyWorld(), { start });
    expect(await app.waitFor('Nothing is wrong')).toMatchInlineSnapshot(`
      " claude-setup                                              troubleshooting, dev
      ────────────────────────────────────────────────────────────────────────────────
       Nothing is wrong

       Engine, image, login, mounts, clock and disk were looked at, and all of it is
       fine.

















       Enter look again  ? help  q quit"
    `);
    await app.type('q');
    await vi.waitFor(() => expect(app.left).toMatchObject([{ outcome: 'completed' }]));
  });

  it('shows causes, evidence and fixes, then what a fix will do, does it and looks again', async () => {
    const world = readyWorld();
    world.engine.images.clear();
    const app = openApp(world, { start });
    expect(await app.waitFor('This is wrong')).toMatchInlineSnapshot(`
      " claude-setup                                              troubleshooting, dev
      ────────────────────────────────────────────────────────────────────────────────
       This is wrong

       ❯ ✖ The setup image is not there, or was built with other settings

       The setup image was never built on this engine.

       • wanted: claude-setup:21330
       • there: none

       1 build the image











       Enter build the image  r look again  ? help  q quit"
    `);
    await app.type(keys.enter);
    expect(await app.waitFor('this will be done')).toMatchInlineSnapshot(`
      " claude-setup                                              troubleshooting, dev
      ────────────────────────────────────────────────────────────────────────────────
       The setup image is not there, or was built with other settings

       To build the image, this will be done:

       • Builds the setup image with the settings as they are.
       • claude-setup build















       Enter do it  Esc another way  ? help  q quit"
    `);
    expect(world.engine.build.requests).toHaveLength(0);
    await app.type(keys.enter);
    expect(await app.waitFor('Mended')).toMatchInlineSnapshot(`
      " claude-setup                                              troubleshooting, dev
      ────────────────────────────────────────────────────────────────────────────────
       Nothing is wrong

       ✔ Mended. claude-setup:21330 was built.

       Engine, image, login, mounts, clock and disk were looked at, and all of it is
       fine.















       Enter look again  ? help  q quit"
    `);
    expect(world.engine.build.requests.length).toBeGreaterThan(0);
  });

  it('takes a fix that fails as the next thing to look at', async () => {
    const world = readyWorld();
    world.engine.images.clear();
    world.engine.build.hold();
    const app = openApp(world, { start });
    await app.waitFor('This is wrong');
    await app.type(keys.enter);
    await app.waitFor('this will be done');
    await app.type(keys.enter);
    await vi.waitFor(() => expect(world.engine.build.running).toBe(true));
    world.engine.build.emit({ type: 'step', step: 1, steps: 9, text: 'FROM node' });
    await app.waitFor('Step 1 of 9: FROM node');
    const cause = 'Something between the build and the npm registry intercepts TLS';
    world.engine.build.fail(
      fail('image.tls', cause, 'self signed certificate', 'claude-setup build --ca FILE').failure,
    );
    const frame = await app.waitFor('These 2 things are wrong');
    expect(frame).toContain('The image build stops at a certificate error');
    expect(frame).toContain('self signed certificate');
  });

  it('stops a fix and goes back to the list', async () => {
    const world = readyWorld();
    world.engine.images.clear();
    world.engine.build.hold();
    const app = openApp(world, { start });
    await app.waitFor('This is wrong');
    await app.type(keys.enter);
    await app.waitFor('this will be done');
    await app.type(keys.enter);
    await vi.waitFor(() => expect(world.engine.build.running).toBe(true));
    await app.type(keys.escape);
    await vi.waitFor(() => expect(world.engine.build.cancelled).toBe(1));
    await app.waitFor('this will be done');
    await app.type(keys.escape);
    await app.waitFor('This is wrong');
  });

  it('moves through several troubles', async () => {
    const world = readyWorld();
    world.engine.images.clear();
    world.store.directory('/home/ada/.claude-auth-dev').delete('.credentials.json');
    const app = openApp(world, { start, columns: 100, rows: 30 });
    expect(await app.waitFor('These 2 things are wrong')).toMatchInlineSnapshot(`
      " claude-setup                                                                  troubleshooting, dev
      ────────────────────────────────────────────────────────────────────────────────────────────────────
       These 2 things are wrong

       ❯ ✖ The setup image is not there, or was built with other settings
         ✖ .credentials.json is not there

       The setup image was never built on this engine.

       • wanted: claude-setup:21330
       • there: none

       1 build the image
















       Enter build the image  r look again  ? help  q quit"
    `);
    await app.type(keys.down);
    await app.waitFor('The sign-in was never finished');
  });

  it('stays within a small terminal', async () => {
    const world = readyWorld();
    world.search = () => ({ engine: null, attempts: [] });
    world.store.directory('/home/ada/.claude-auth-dev').delete('.credentials.json');
    const app = openApp(world, { start, columns: 60, rows: 20 });
    await app.waitFor('These 2 things are wrong');
    expectFits(app.frame(), 60, 20);
  });

  it('tells what is wrong with the configuration', async () => {
    const world = readyWorld();
    world.ports.settings.load = async () =>
      fail('settings.broken', 'The configuration can not be read', 'it is not JSON', 'mend it');
    const app = openApp(world, { start });
    await app.waitFor('Why: it is not JSON');
  });
});
