import { describe, expect, it, vi } from 'vitest';
import { fail } from '../../src/domain/failure.ts';
import { createFakeWorld } from './fake-world.ts';
import { keys, type OpenOptions, openApp } from './open-app.tsx';

const { failure: broken } = fail('disk.full', 'The image was not built', 'the disk is full', 'make room');

const bell = /\x07$/;
const cleared = '\x1b]9;4;0;0\x07';

/** At a build that goes on. */
const building = async (env: Readonly<Record<string, string>>, options: OpenOptions = {}) => {
  const world = createFakeWorld();
  world.engine.build.hold();
  const app = openApp(world, { env: { LANG: 'C.UTF-8', ...env }, ...options });
  await app.waitFor('is running');
  await app.type(keys.enter);
  await app.waitFor('Which login');
  await app.type(keys.enter);
  await app.waitFor('Where the login of dev is kept');
  await app.type(keys.enter);
  await app.waitFor('not there yet');
  await app.type(keys.enter);
  await app.waitFor('Building');
  await vi.waitFor(() => expect(world.engine.build.running).toBe(true));
  return { world, app };
};

describe("the terminal's own signs", () => {
  it('tell where the person is, and are taken back at the end', async () => {
    const app = openApp(createFakeWorld(), { env: { LANG: 'C.UTF-8', TERM: 'xterm' } });
    await app.waitFor('is running');
    expect(app.signs()).toContain('\x1b]2;claude-setup: Where the sign-in runs\x07');
    app.unmount();
    expect(app.signs()).toContain('\x1b]2;\x07\x1b[23;2t');
  });

  it('tell how far long work is, and are cleared when it is cancelled', async () => {
    const { world, app } = await building({ WT_SESSION: 'x' });
    world.engine.build.emit({ type: 'step', step: 3, steps: 5, text: 'RUN true' });
    await app.waitFor('step 3 of 5');
    await expect.poll(() => app.signs()).toContain('\x1b]9;4;1;40\x07');
    await app.type('c');
    await app.waitFor('not there yet');
    expect(app.signs().endsWith(cleared)).toBe(true);
  });

  it.each([
    [{}, true],
    [{ CLAUDE_SETUP_NO_BELL: '1' }, false],
  ])('ring at the end of long work that nobody watched, with %j: %s', async (env, rings) => {
    const { world, app } = await building(env);
    world.clock.advance(11_000);
    world.engine.build.fail(broken);
    await app.waitFor('try again');
    expect(bell.test(app.signs())).toBe(rings);
  });

  it('do not ring for short work, nor for somebody who has just typed', async () => {
    const short = await building({});
    short.world.clock.advance(9000);
    short.world.engine.build.fail(broken);
    await short.app.waitFor('try again');
    expect(short.app.signs()).not.toMatch(bell);
    const watched = await building({});
    watched.world.clock.advance(11_000);
    await watched.app.type('c');
    await watched.app.waitFor('not there yet');
    expect(watched.app.signs()).not.toMatch(bell);
  });
});

describe('a screen that is heard', () => {
  it('says the steps, what is chosen, and nothing that is only drawn', async () => {
    const app = openApp(createFakeWorld(), {
      env: { LANG: 'C.UTF-8', INK_SCREEN_READER: 'true', NO_COLOR: '1' },
    });
    await app.waitFor('is running');
    await app.type(keys.enter);
    await app.waitFor('Which login');
    await app.type(keys.down);
    expect(await app.waitFor('(selected) New: staging')).toMatchInlineSnapshot(`
      "claude-setup in a container
      Engine: done, Profile: now, Image: to come, Sign-in: to come, Verify: to come, Done: to come,
      Which login is this for?
      A profile is a named login with a directory of its own. Choose one, or make a
      new one.
      list: listitem: New: dev ~/.claude-hub
      listitem: (selected) New: staging ~/.claude-auth-staging
      listitem: New: test ~/.claude-auth-test
      listitem: New: another name any name, any directory
      Makes the profile staging: for a rehearsal of production.
      Enter choose Esc back ? help q quit"
    `);
  });

  it('has neither a spinner nor a clock', async () => {
    const { app } = await building({ INK_SCREEN_READER: 'true' });
    expect(app.frame()).not.toMatch(/[⠋]|\d:\d\d/);
  });
});

it('is still with reduced motion', async () => {
  const { app } = await building({ CLAUDE_SETUP_REDUCED_MOTION: '1' });
  expect(app.frame()).toMatch(/• Building +0:00/);
});
