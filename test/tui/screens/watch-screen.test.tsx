import { expect, it, vi } from 'vitest';
import { expectFits } from '../../support/frames.ts';
import { changeLogin, createFakeWorld, putLogin, readyWorld, startOfTest } from '../fake-world.ts';
import { keys, type OpenOptions, openApp } from '../open-app.tsx';

const hour = 3600_000;
const input = {
  names: [],
  marginMs: hour,
  intervalMs: 300_000,
  seed: null,
  onChange: null,
  metricsFile: null,
};
const start = { screen: 'watch', input } as const;

const setup = () => {
  const world = readyWorld();
  const staging = world.store.directory(world.addProfile('staging').authDir);
  const test = world.store.directory(world.addProfile('test').authDir);
  changeLogin(staging, { refreshTokenExpiresAt: startOfTest + 50 * hour });
  test.delete('.credentials.json');
  world.runtime.refreshes(({ files }) =>
    changeLogin(files, {
      accessToken: 'sk-ant-oat01-TEST-renewed',
      expiresAt: world.ports.clock.now() + 8 * hour,
    }),
  );
  return { world, open: (options: OpenOptions = {}) => openApp(world, { start, ...options }) };
};

it('shows how each profile is, what comes next, and what has happened', async () => {
  const app = setup().open();
  await app.waitFor('test needs a person');
  expect(app.frame()).toMatchInlineSnapshot(`
    " claude-setup                                                             watch
    ────────────────────────────────────────────────────────────────────────────────
     Keeping the profiles fresh

         PROFILE   STATE        TOKEN       LOGIN      NEXT
     ❯ ✔ dev       fresh        8 h         28 d       7 h
       ▲ staging   ends soon    8 h         2 d 2 h    7 h
       ✖ test      needs you    -           -          -

     ╭────────────────────────────────────────────────────────────────────────────╮
     │                                                                            │
     │                                                                            │
     │                                                                            │
     │                                                                            │
     │                                                                            │
     │                                                                            │
     │                                                                            │
     │                                                                            │
     │ 10:00:00 watching dev, staging, test                                       │
     │ 10:00:00 dev is fresh, the access token ends in 8 h, the login ends in 28… │
     │ 10:00:00 staging needs a new sign-in soon, the access token ends in 8 h, … │
     │ 10:00:00 test needs a person: Nobody has signed in here: .credentials.jso… │
     ╰────────────────────────────────────────────────────────────────────────────╯
     r refresh now  ? help  q quit"
  `);
});

it('fits a narrow terminal without colours', async () => {
  const app = setup().open({ columns: 60, rows: 20, env: { LANG: 'C', NO_COLOR: '1' } });
  await app.waitFor('test needs a person');
  expect(app.frame()).toMatchInlineSnapshot(`
    " claude-setup                                         watch
    ------------------------------------------------------------
     Keeping the profiles fresh

         PROFILE   STATE        TOKEN       LOGIN
     > + dev       fresh        8 h         28 d
       ! staging   ends soon    8 h         2 d 2 h
       x test      needs you    -           -

     +--------------------------------------------------------+
     |                                                        |
     |                                                        |
     |                                                        |
     |                                                        |
     | 10:00:00 watching dev, staging, test                   |
     | 10:00:00 dev is fresh, the access token ends in 8 h, … |
     | 10:00:00 staging needs a new sign-in soon, the access… |
     | 10:00:00 test needs a person: Nobody has signed in he… |
     +--------------------------------------------------------+
     r refresh now  ? help  q quit"
  `);
  expectFits(app.frame(), 60, 20);
});

it('refreshes the chosen profile at once', async () => {
  const { world, open } = setup();
  const app = open();
  await app.waitFor('test needs a person');
  await app.type(keys.down);
  await app.waitFor('❯ ▲ staging');
  await app.type('r');
  await app.waitFor('staging was refreshed');
  expect(world.runtime.copies.map(({ profile }) => profile)).toEqual(['staging']);
  await app.type('R');
  await app.waitFor('dev was refreshed');
});

it('says why the chosen profile is not fresh', async () => {
  const app = setup().open();
  await app.waitFor('test needs a person');
  await app.type(keys.down);
  await app.waitFor('the login itself ends in 2 d 2 h');
});

it('goes on while it is open, and follows a new sign-in', async () => {
  const { world, open } = setup();
  const app = open();
  await app.waitFor('✖ test');
  putLogin(world.store.directory('/home/ada/.claude-auth-test'));
  await vi.waitFor(
    () => {
      world.clock.advance(15_000);
      expect(app.frame()).toContain('✔ test');
    },
    { timeout: 5000, interval: 1 },
  );
  world.clock.advance(7 * hour);
  await app.waitFor('dev was refreshed');
  expect(app.frame()).toContain('the machine was asleep, looking at once');
});

it('leaves with q, and when it is ended from outside', async () => {
  const app = setup().open();
  await app.waitFor('Keeping the profiles fresh');
  await app.type('q');
  await vi.waitFor(() => expect(app.left).toMatchObject([{ outcome: 'completed', interrupted: false }]));
  const other = setup().open();
  await other.waitFor('Keeping the profiles fresh');
  other.end();
  await vi.waitFor(() => expect(other.left).toMatchObject([{ interrupted: true }]));
});

it('says so when there is nothing to watch, and tells its keys', async () => {
  const app = openApp(createFakeWorld(), { start });
  await app.waitFor('There is no profile to watch');
  await app.type('?');
  expect(await app.waitFor('refresh all now')).toContain(
    'Each login is refreshed before its access token ends',
  );
});
