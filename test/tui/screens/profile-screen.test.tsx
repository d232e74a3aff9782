import { describe, expect, it } from 'vitest';
import { fail } from '../../../src/domain/failure.ts';
import { createFakeWorld, type FakeWorld, home, putLogin } from '../fake-world.ts';
import { keys, type OpenOptions, openApp } from '../open-app.tsx';

const atProfile = async (world: FakeWorld, options: OpenOptions = {}) => {
  const app = openApp(world, { start: { screen: 'wizard', profile: null, runtime: 'docker' }, ...options });
  await app.waitFor('Which login is this for?');
  return app;
};

describe('the profile screen', () => {
  it('lists profiles with their health, then what can be made', async () => {
    const world = createFakeWorld();
    world.addProfile('dev');
    world.addProfile('prod', { signedIn: false });
    const app = await atProfile(world);
    expect(app.frame()).toMatchInlineSnapshot(`
      " claude-setup                                                    in a container
       ✔ Engine ● Profile ○ Image ○ Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       Which login is this for?

       ✔ Engine: Found Docker Engine 28.3.0 at unix:///var/run/docker.sock

       A profile is a named login with a directory of its own. Choose one, or make a
       new one.

       ❯ ✔ dev                 signed in, ~/.claude-auth-dev
         ✖ prod                not signed in, ~/.claude-auth-prod
         ○ New: staging        ~/.claude-auth-staging
         ○ New: test           ~/.claude-auth-test
         ○ New: another name   any name, any directory

       Goes on with the profile dev. What is fine there already is kept.






       Enter choose  Esc back  ? help  q quit"
    `);
  });

  it('goes on with a profile that is there', async () => {
    const world = createFakeWorld();
    world.addProfile('dev');
    const app = await atProfile(world);
    await app.type(keys.enter);
    await app.waitFor('The setup image');
    expect(world.config.wizard).toMatchObject({ profile: 'dev', runtime: 'docker' });
  });

  it('honours CLAUDE_HUB_DIR', async () => {
    const app = await atProfile(createFakeWorld({ env: { CLAUDE_HUB_DIR: '/srv/hub' } }));
    expect(app.frame()).toContain('/srv/hub');
    await app.type(keys.enter);
    await app.waitFor('❯ Directory /srv/hub');
  });

  it('makes a profile of any name in any directory', async () => {
    const world = createFakeWorld();
    const app = await atProfile(world);
    await app.type('\x1b[F');
    await app.waitFor('❯ ○ New: another name');
    await app.type(keys.enter);
    await app.waitFor('Give it a short name');
    await app.type('prod?q');
    await app.waitFor('❯ Name prod?q');
    await app.type(keys.enter);
    const refused = await app.waitFor('"prod?q" can\'t be a profile name');
    expect(refused).toContain('Fix: choose another one, such as prod-q');
    await app.type(keys.backspace);
    await app.type(keys.backspace);
    await app.waitFor('❯ Name prod');
    await app.type(keys.enter);
    await app.waitFor(`❯ Directory ${home}/.claude-auth-prod`);
    await app.type(keys.clear);
    await app.paste('~/logins/prod\n');
    await app.waitFor('❯ Directory ~/logins/prod');
    await app.type(keys.enter);
    await app.waitFor('The setup image');
    expect(world.config.profiles).toEqual([
      { name: 'prod', authDir: `${home}/logins/prod`, runtime: 'docker', leaveOut: null },
    ]);
  });

  it('takes a directory that holds a login over as it is', async () => {
    const world = createFakeWorld();
    world.addImage();
    putLogin(world.store.directory(`${home}/.claude-hub`));
    const app = await atProfile(world);
    await app.type(keys.enter);
    await app.waitFor('Directory');
    await app.type(keys.enter);
    const frame = await app.waitFor('accepts this login');
    expect(frame).toContain('Profile: Its directory holds a login already, which was taken over as it is');
    expect(frame).toContain('Sign-in: Already signed in as ada@example.com');
    expect(world.store.directory(`${home}/.claude-hub`).text('.credentials.json')).toContain('TEST-TEST');
  });

  it('asks before it uses a directory that holds other things', async () => {
    const world = createFakeWorld();
    world.store.directory(`${home}/.claude-hub`).set('notes.txt', 'mine');
    const app = await atProfile(world, { columns: 60, rows: 20 });
    await app.type(keys.enter);
    await app.waitFor('Directory');
    await app.type(keys.enter);
    expect(await app.waitFor('This directory is in use')).toMatchInlineSnapshot(`
      " claude-setup                                in a container
       ✔ Engine ● Profile ○ Image ○ Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────
       This directory is in use

       ✔ Engine: Found Docker Engine… unix:///var/run/docker.sock

       ▲ ~/.claude-hub holds other things, and no login:

         • notes.txt

       The login would be put beside them. Nothing of it would be
       removed.






       y use it  Enter choose another  ? help  q quit"
    `);
    await app.type('n');
    await app.waitFor('Directory');
    expect(world.config.profiles).toEqual([]);
    await app.type(keys.enter);
    await app.waitFor('This directory is in use');
    await app.type('y');
    await app.waitFor('The setup image');
    expect(world.config.profiles.map(({ name }) => name)).toEqual(['dev']);
  });

  it.each([
    ['relative/path', 'it does not begin with / or ~/'],
    ['/etc/passwd', 'it is not a directory'],
  ])('refuses %s', async (typed, why) => {
    const world = createFakeWorld();
    world.store.found('/etc/passwd', { kind: 'not-a-directory' });
    const app = await atProfile(world);
    await app.type(keys.enter);
    await app.waitFor('Directory');
    await app.type(keys.clear);
    await app.type(typed);
    await app.type(keys.enter);
    await app.waitFor(`Why: ${why}`);
    await app.type(keys.escape);
    await app.waitFor('Which login is this for?');
    expect(app.frame()).not.toContain('Why:');
  });

  it('shows why a directory is not safe', async () => {
    const world = createFakeWorld();
    world.ports.store.inspect = async () =>
      fail('directory.unsafe', 'It was left alone', 'others can write into it', 'run chmod go-w on it');
    const app = await atProfile(world);
    await app.type(keys.enter);
    await app.waitFor('Directory');
    await app.type(keys.enter);
    const frame = await app.waitFor('It was left alone');
    expect(frame).toContain('Why: others can write into it');
    expect(frame).toContain('Fix: run chmod go-w on it');
  });

  it('refuses two profiles in one directory', async () => {
    const world = createFakeWorld();
    world.addProfile('prod', { authDir: `${home}/.claude-hub` });
    const app = await atProfile(world);
    await app.type(keys.down);
    await app.waitFor('❯ ○ New: dev');
    await app.type(keys.enter);
    await app.waitFor('Directory');
    await app.type(keys.enter);
    expect((await app.waitFor('was not added')).replaceAll(/[│\s]+/g, ' ')).toContain(
      'belongs to the profile prod',
    );
  });
});
