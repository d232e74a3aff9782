import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { expectFits } from '../../support/frames.ts';
import { createFakeWorld, putLogin } from '../fake-world.ts';
import { openApp } from '../open-app.tsx';
import { everyKind, start, threeProfiles } from './dashboard-world.ts';

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
    expectFits(frame, 200, 60);
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
    expectFits(app.frame(), columns, 24);
  });

  it('stays inside of very small terminals', async () => {
    const app = openApp(everyKind(), { start, columns: 40, rows: 10 });
    const frame = await app.waitFor('❯ ✔ dev');
    expectFits(frame, 40, 10);
    expect(frame).toContain('quit');
  });
});

it('a directory with control characters in its name does nothing to the terminal', async () => {
  const world = createFakeWorld();
  world.addProfile('dev', { authDir: '/home/ada/\x1b[31mred\n' });
  const app = openApp(world, { start, columns: 120 });
  await app.waitFor('~/?[31mred?');
});
