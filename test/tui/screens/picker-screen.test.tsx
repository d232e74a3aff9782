import { expect, it, vi } from 'vitest';
import { fail } from '../../../src/domain/failure.ts';
import { createFakeWorld } from '../fake-world.ts';
import { keys, openApp } from '../open-app.tsx';

const start = { screen: 'picker' } as const;

const world = () => {
  const made = createFakeWorld();
  for (const name of ['dev', 'staging', 'test']) made.addProfile(name, { email: `${name}@example.com` });
  return made;
};

it('shows the profiles and what is typed, whole', async () => {
  const app = openApp(world(), { start });
  await app.waitFor('staging');
  await app.type('st');
  expect(await app.waitFor('2 of 3')).toMatchInlineSnapshot(`
    " claude-setup                                                   default profile
    ────────────────────────────────────────────────────────────────────────────────
     Which profile should be the default?

     Filter: st    2 of 3
         NAME           HEALTH         ACCOUNT             TOKEN        LOGIN
     ❯ ✔ staging        fine           staging@example.c…  8 h          28 d
       ✔ test           fine           test@example.com    8 h          28 d


     • staging@example.com, Analytical Engines, plan max
     • ~/.claude-auth-staging, the CLI runs in a container











     Enter make it the default  Esc clear  Ctrl+G help  Ctrl+C quit"
  `);
});

it('makes the one that Enter is pressed at the default, and ends with it', async () => {
  const chosen = world();
  const app = openApp(chosen, { start });
  await app.waitFor('staging');
  await app.type('stag');
  await app.waitFor('1 of 3');
  await app.type(keys.enter);
  await vi.waitFor(() =>
    expect(app.left).toEqual([{ outcome: 'completed', interrupted: false, profile: 'staging' }]),
  );
  expect(chosen.config.defaultProfile).toBe('staging');
});

it('moves with the arrows; letters are text', async () => {
  const chosen = world();
  const app = openApp(chosen, { start });
  await app.waitFor('❯ ✔ dev');
  await app.type(keys.down);
  await app.type(keys.down);
  await app.waitFor('❯ ✔ test');
  await app.type('jkq?');
  await app.waitFor('No profile matches');
  await app.type(keys.enter);
  expect(app.left).toEqual([]);
  expect(chosen.config.defaultProfile).toBe('dev');
});

it('clears the filter with Escape, then leaves everything as it is', async () => {
  const chosen = world();
  const app = openApp(chosen, { start });
  await app.waitFor('staging');
  await app.type('test');
  await app.waitFor('1 of 3');
  await app.type(keys.escape);
  await app.waitFor('3 of 3');
  await app.type(keys.escape);
  await vi.waitFor(() =>
    expect(app.left).toEqual([{ outcome: 'aborted', interrupted: false, profile: null }]),
  );
  expect(chosen.config.defaultProfile).toBe('dev');
});

it('says why the default could not be changed', async () => {
  const chosen = world();
  const app = openApp(chosen, { start });
  await app.waitFor('staging');
  const { failure } = fail(
    'settings.unwritable',
    'The settings could not be saved',
    'disk full',
    'free some',
  );
  chosen.settingsFailure = failure;
  await app.type(keys.enter);
  expect(await app.waitFor('Why: disk full')).toContain('Fix: free some');
  expect(app.left).toEqual([]);
});

it('says how to begin where there is no profile', async () => {
  const app = openApp(createFakeWorld(), { start });
  await app.waitFor('There is no profile yet');
  await app.type(keys.escape);
  await vi.waitFor(() => expect(app.left[0]?.outcome).toBe('aborted'));
});
