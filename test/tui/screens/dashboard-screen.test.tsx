import stringWidth from 'string-width';
import { describe, expect, it, vi } from 'vitest';
import type { FakeFiles } from '../../../src/adapters/practice/fake-files.ts';
import { fail, ok } from '../../../src/domain/failure.ts';
import { createFakeWorld, type FakeWorld, putLogin, startOfTest } from '../fake-world.ts';
import { keys, openApp } from '../open-app.tsx';

const start = { screen: 'dashboard' } as const;
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const threeProfiles = () => {
  const world = createFakeWorld();
  world.addProfile('dev', { email: 'dev@example.com' });
  world.addProfile('staging', { signedIn: false });
  world.addProfile('test', { email: 'test@example.com' });
  return world;
};

const filesOf = (world: FakeWorld, name: string): FakeFiles =>
  world.store.directory(`/home/ada/.claude-auth-${name}`);

/** One of each kind. */
const everyKind = () => {
  const world = createFakeWorld();
  const add = (name: string, login: Parameters<typeof putLogin>[1]) => {
    world.addProfile(name, { signedIn: false });
    putLogin(filesOf(world, name), { token: name, email: `${name}@example.com`, ...login });
  };
  add('dev', {});
  add('staging', { leftMs: -2 * hour });
  add('copy-of-dev', { email: 'dev@example.com' });
  add('prod', { loginLeftMs: 2 * day + 5 * hour });
  add('ci', { leftMs: 42 * minute + 10_000 });
  world.addProfile('old', { signedIn: false });
  filesOf(world, 'old').set('.credentials.json', '');
  world.addProfile('bot', { signedIn: false });
  filesOf(world, 'bot').set('.claude.json', '{"hasCompletedOnboarding":true}');
  filesOf(world, 'bot').set('oauth-token', 'sk-ant-oat01-TEST-long');
  world.addProfile('empty', { signedIn: false });
  return world;
};

describe('the dashboard, whole', () => {
  it('at 80x24', async () => {
    const app = openApp(everyKind(), { start });
    expect(await app.waitFor('empty')).toMatchInlineSnapshot(`
      " claude-setup                                                          profiles
      ────────────────────────────────────────────────────────────────────────────────
       Your profiles (8)

       ✖ 3 need a person   ▲ 2 with warnings   ✔ 3 fine   ▲ 2 share an account
           NAME           HEALTH         ACCOUNT             TOKEN        LOGIN
       ❯ ✔ dev (default)  fine           dev@example.com     8 h          28 d
         ▲ staging        refresh due    staging@example.c…  ended        28 d
         ✔ copy-of-dev    fine           dev@example.com     8 h          28 d
         ▲ prod           ends soon      prod@example.com    8 h          2 d 5 h
         ✔ ci             fine           ci@example.com      42 min 10 s  28 d
         ✖ old            sign in again  -                   -            -
         ▲ bot            long-lived     -                   long-lived   -
         ✖ empty          not signed in  -                   -            -

       ▲ Same account and organisation as copy-of-dev; copies of one login sign each
         other out, so sign in to each by itself, or share one
       • dev@example.com, Analytical Engines, plan max
       • ~/.claude-auth-dev, the CLI runs in a container




       Enter sign in again  r refresh  c checks  u use elsewhere  ? help  q quit"
    `);
  });

  it('folds at 60x20', async () => {
    const app = openApp(everyKind(), { start, columns: 60, rows: 20 });
    expect(await app.waitFor('staging')).toMatchInlineSnapshot(`
      " claude-setup                                      profiles
      ────────────────────────────────────────────────────────────
       Your profiles (8)

       ✖ 3 need a person   ▲ 2 with warnings   ✔ 3 fine
           NAME           HEALTH         TOKEN        LOGIN
       ❯ ✔ dev (default)  fine           8 h          28 d
         ▲ staging        refresh due    ended        28 d
         ✔ copy-of-dev    fine           8 h          28 d
         ▲ prod           ends soon      8 h          2 d 5 h
         ✔ ci             fine           42 min 10 s  28 d
         ✖ old            sign in again  -            -
         ▲ bot            long-lived     long-lived   -
           1-7 of 8  ↓ 1 more
       ▲ Same account and organisation as copy-of-dev; copies of
         one login sign each other out, so sign in to each by
         itself, or share one
       • dev@example.com, Analytical Engines, plan max

       Enter sign in again  r refresh  c checks  ? help  q quit"
    `);
  });

  it('uses the room at 120x40', async () => {
    const app = openApp(everyKind(), { start, columns: 120, rows: 40 });
    expect(await app.waitFor('empty')).toMatchInlineSnapshot(`
      " claude-setup                                                                                                  profiles
      ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
       Your profiles (8)

       ✖ 3 need a person   ▲ 2 with warnings   ✔ 3 fine   ▲ 2 share an account
           NAME           HEALTH         ACCOUNT              PLAN  TOKEN        LOGIN        RUNTIME  DIRECTORY
       ❯ ✔ dev (default)  fine           dev@example.com      max   8 h          28 d         docker   ~/.claude-auth-dev
         ▲ staging        refresh due    staging@example.com  max   ended        28 d         docker   ~/.claude-auth-staging
         ✔ copy-of-dev    fine           dev@example.com      max   8 h          28 d         docker   ~/.claude-a…opy-of-dev
         ▲ prod           ends soon      prod@example.com     max   8 h          2 d 5 h      docker   ~/.claude-auth-prod
         ✔ ci             fine           ci@example.com       max   42 min 10 s  28 d         docker   ~/.claude-auth-ci
         ✖ old            sign in again  -                    -     -            -            docker   ~/.claude-auth-old
         ▲ bot            long-lived     -                    -     long-lived   -            docker   ~/.claude-auth-bot
         ✖ empty          not signed in  -                    -     -            -            docker   ~/.claude-auth-empty

       ▲ Same account and organisation as copy-of-dev; copies of one login sign each other out, so sign in to each by itself,
         or share one
       • dev@example.com, Analytical Engines, plan max
       • ~/.claude-auth-dev, the CLI runs in a container

       ✔ fine: /home/ada/.claude-auth-dev is there
       ✔ fine: Only you can look into the directory
       ✔ fine: .credentials.json is there
       ✔ fine: Only you can read the credentials
       ✔ fine: The credentials belong to the right user
       ✔ fine: The credentials are not empty
       ✔ fine: The credentials are JSON
       ✔ fine: The credentials hold a login
       ✔ fine: The tokens are there
       ✔ fine: The login has the scopes it needs
       ✔ fine: The access token is good for 8 h
       ✔ fine: The login itself is good for 28 d
       ✔ fine: The first-run screens are done
       ✔ fine: Also captured: .claude.json
       ✔ fine: Nothing outranks the captured login
       ○ not needed: The real CLI was not asked (check --live asks it)



       Enter sign in again  r refresh  c checks  u use elsewhere  o run a command  / filter  t troubles  ? help  q quit"
    `);
  });

  it('shows everything at 200x60', async () => {
    const app = openApp(everyKind(), { start, columns: 200, rows: 60 });
    const frame = await app.waitFor('empty');
    expect(frame.split('\n').slice(5, 14).join('\n')).toMatchInlineSnapshot(`
      "     NAME           HEALTH         ACCOUNT              ORGANISATION        PLAN  TOKEN        LOGIN        RUNTIME  DIRECTORY
       ❯ ✔ dev (default)  fine           dev@example.com      Analytical Engines  max   8 h          28 d         docker   ~/.claude-auth-dev
         ▲ staging        refresh due    staging@example.com  Analytical Engines  max   ended        28 d         docker   ~/.claude-auth-staging
         ✔ copy-of-dev    fine           dev@example.com      Analytical Engines  max   8 h          28 d         docker   ~/.claude-auth-copy-of-dev
         ▲ prod           ends soon      prod@example.com     Analytical Engines  max   8 h          2 d 5 h      docker   ~/.claude-auth-prod
         ✔ ci             fine           ci@example.com       Analytical Engines  max   42 min 10 s  28 d         docker   ~/.claude-auth-ci
         ✖ old            sign in again  -                    -                   -     -            -            docker   ~/.claude-auth-old
         ▲ bot            long-lived     -                    -                   -     long-lived   -            docker   ~/.claude-auth-bot
         ✖ empty          not signed in  -                    -                   -     -            -            docker   ~/.claude-auth-empty"
    `);
    expect(frame.split('\n')).toHaveLength(60);
  });

  it('is plain ASCII outside UTF-8, also where something is cut', async () => {
    const world = everyKind();
    world.addProfile('a-name-of-thirty-two-characters1');
    const app = openApp(world, { start, columns: 60, rows: 20, env: { LANG: 'C', NO_COLOR: '1' } });
    await app.waitFor('staging');
    await app.type('\x1b[F');
    const frame = await app.waitFor('> + a-name');
    expect(frame).toMatch(/^[\n\x20-\x7e]*$/);
    expect(frame).toContain('...');
    expect(app.styled()).not.toMatch(/\x1b\[[34]\d/);
  });

  it('has its help on one screen of 60x20', async () => {
    const app = openApp(threeProfiles(), { start, columns: 60, rows: 20 });
    await app.waitFor('staging');
    await app.type('?');
    expect(await app.waitFor('Help: Your profiles')).toMatchInlineSnapshot(`
      " claude-setup                                      profiles
      ────────────────────────────────────────────────────────────
       Help: Your profiles (3)

       Whether each login is fine, whose it is, and for how long.
       TOKEN is the access token, which a refresh renews; LOGIN
       is the login itself. Changes on disk show by themselves.

        Enter  sign in again             e  rename
            r  refresh                   x  remove
            c  checks                    b  roll back
            u  use elsewhere             y  copy the path
            o  run a command            Up  move up
            /  filter                 Down  move down
            t  troubles                  ?  help
            a  add                       q  quit
            d  make default         Ctrl+C  quit


       any key closes the help"
    `);
  });

  it.each([80, 200])('keeps its columns with wide characters at %i columns', async (columns) => {
    const world = createFakeWorld();
    for (const [name, email] of [
      ['dev', '山田太郎@example.com'],
      ['staging', 'ada@example.com'],
      ['test', '👩‍💻é@example.com'],
    ] as const) {
      world.addProfile(name, { email, authDir: `/home/ada/ログイン-${name}` });
      putLogin(world.store.directory(`/home/ada/ログイン-${name}`), { email, token: name });
    }
    const app = openApp(world, { start, columns });
    await app.waitFor('@example.com');
    const lines = app.frame().split('\n');
    const placeOf = (text: string, line = '') => stringWidth(line.slice(0, line.indexOf(text)));
    const head = lines.find((line) => line.includes('TOKEN'));
    for (const name of ['dev', 'staging', 'test']) {
      const row = lines.find((line) => line.includes(` ${name} `));
      expect(placeOf('8 h', row)).toBe(placeOf('TOKEN', head));
    }
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  });

  it('stays inside of very small terminals', async () => {
    const app = openApp(everyKind(), { start, columns: 40, rows: 10 });
    const frame = await app.waitFor('❯ ✔ dev');
    expect(frame.split('\n')).toHaveLength(10);
    for (const line of frame.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
    expect(frame).toContain('quit');
  });
});

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
    expect(app.frame().split('\n')).toHaveLength(20);
  });
});

describe('the filter', () => {
  it('opens with /, narrows as it is typed, is kept with Enter and cleared with Escape', async () => {
    const app = openApp(everyKind(), { start });
    await app.waitFor('staging');
    await app.type('/');
    await app.waitFor('Filter:');
    await app.type('dev');
    await app.waitFor('2 of 8');
    expect(app.frame()).not.toContain('staging');
    await app.type(keys.down);
    await app.waitFor('❯ ✔ copy-of-dev');
    await app.type(keys.enter);
    await app.waitFor('r refresh');
    expect(app.frame()).toContain('2 of 8');
    await app.type(keys.escape);
    await app.waitFor('staging');
    expect(app.frame()).toContain('❯ ✔ copy-of-dev');
    expect(app.frame()).not.toContain('Filter:');
  });

  it('finds profiles by how they are, with several words', async () => {
    const app = openApp(everyKind(), { start });
    await app.waitFor('staging');
    await app.type('/');
    await app.waitFor('Filter:');
    await app.paste('needs a person docker');
    await app.waitFor('3 of 8');
    await app.type(' nobody-is-called-that');
    await app.waitFor('No profile matches');
    await app.type(keys.enter);
    await app.type('d');
    await app.type('x');
    expect(app.frame()).toContain('No profile matches');
  });
});

describe('refreshing', () => {
  const refreshing = () => {
    const world = threeProfiles();
    world.addImage();
    return { world, app: openApp(world, { start }) };
  };

  it('goes on in the row, and says there how it went', async () => {
    const { world, app } = refreshing();
    const { promise, resolve } = Promise.withResolvers<void>();
    world.runtime.refreshes((copy) => {
      copy.settled = () => promise.then(() => ok(true));
      const { claudeAiOauth } = JSON.parse(copy.files.text('.credentials.json') ?? '{}');
      const renewed = {
        ...claudeAiOauth,
        accessToken: 'sk-ant-oat01-TEST-renewed',
        refreshToken: 'sk-ant-ort01-TEST-renewed',
        expiresAt: startOfTest + 11 * hour,
      };
      copy.files.set('.credentials.json', JSON.stringify({ claudeAiOauth: renewed }));
    });
    await app.waitFor('staging');
    await app.type('r');
    await app.waitFor('⠋ dev (default)  refreshing');
    await app.waitFor('Having the CLI refresh dev (0:00)');
    expect(app.frame()).toContain('r stop');
    await app.type(keys.down);
    await app.waitFor('❯ ✖ staging');
    resolve();
    await app.waitFor('✔ dev (default)  refreshed');
    await app.waitFor('11 h');
    await app.type(keys.up);
    await app.waitFor('Refreshed: the access token is good for 11 h');
    await vi.waitFor(
      () => {
        world.clock.advance(1000);
        expect(app.frame()).toMatch(/dev \(default\) +fine/);
      },
      { timeout: 5000 },
    );
  });

  it('says why it did not work, and takes that to the troubles', async () => {
    const { world, app } = refreshing();
    world.runtime.failRefresh({
      code: 'engine.lost',
      what: 'The container was not started',
      why: 'the engine went away',
      fix: 'start it',
    });
    await app.waitFor('staging');
    await app.type('r');
    await app.waitFor('✖ dev (default)  not refreshed');
    expect(app.frame()).toContain('the engine went away. Fix: start it');
    await app.type('t');
    await app.waitFor('troubleshooting, dev');
  });
});

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

it('copies the path of the directory', async () => {
  const world = threeProfiles();
  const app = openApp(world, { start });
  await app.waitFor('staging');
  await app.type('y');
  await app.waitFor('Copied: /home/ada/.claude-auth-dev');
  expect(world.copied).toEqual(['/home/ada/.claude-auth-dev']);
});

it('a directory with control characters in its name does nothing to the terminal', async () => {
  const world = createFakeWorld();
  world.addProfile('dev', { authDir: '/home/ada/\x1b[31mred\n' });
  const app = openApp(world, { start, columns: 120 });
  await app.waitFor('~/?[31mred?');
});
