import { describe, expect, it } from 'vitest';
import type { ScreenStart } from '../../../src/tui/app.tsx';
import type { PracticeRoom } from '../../../src/tui/screens/practice/practice-screen.tsx';
import { expectFits } from '../../support/frames.ts';
import { createFakeWorld, type FakeWorld } from '../fake-world.ts';
import { keys, openApp } from '../open-app.tsx';

const label = 'Practice: nothing here is real';

/** A practice with two worlds: one in which nobody has signed in, one with a profile. */
const open = ({ entered = null as number | null, columns = 80, rows = 24 } = {}) => {
  const [fresh, livedIn] = [createFakeWorld(), createFakeWorld()];
  livedIn.addProfile('dev');
  const room = (title: string, { ports }: FakeWorld, start: ScreenStart): PracticeRoom<ScreenStart> => ({
    label: title,
    detail: `practise ${title}`,
    ports,
    start,
  });
  const rooms = [
    room('Sign in', fresh, { screen: 'wizard', profile: null, runtime: null }),
    room('Profiles', livedIn, { screen: 'dashboard' }),
  ];
  const start = {
    screen: 'practice',
    rooms,
    entered: entered === null ? null : (rooms[entered] ?? null),
  } as const;
  return openApp(createFakeWorld(), { start, columns, rows });
};

describe('the practice', () => {
  it('lists what there is, and says that nothing is real', async () => {
    const app = open();
    const frame = await app.waitFor('What do you want to practise?');
    expect(frame).toMatchInlineSnapshot(`
      " claude-setup  Practice: nothing here is real
      ────────────────────────────────────────────────────────────────────────────────
       What do you want to practise?

       No Docker and no account are needed. Whatever you do here, nothing of yours is
       read or changed.

       ❯ Sign in                 practise Sign in
         Profiles                practise Profiles

       Quitting inside brings you back to this list.












       Enter begin  ? help  q quit"
    `);
  });

  it('opens a room, each with a world of its own, and comes back to the list', async () => {
    const app = open();
    await app.waitFor('What do you want');
    await app.type(keys.down);
    await app.type(keys.enter);
    const dashboard = await app.waitFor('ada@example.com');
    expect(dashboard).toContain(label);
    await app.type('q');
    await app.waitFor('What do you want');
    await app.type(keys.enter);
    expect(await app.waitFor('Docker Engine 28.3.0 is running')).toContain(label);
    expect(app.left).toEqual([]);
  });

  it('goes on where a wizard was left', async () => {
    const app = open({ entered: 0 });
    await app.waitFor('is running');
    await app.type(keys.enter);
    await app.waitFor('Which login');
    await app.type('q');
    await app.waitFor('What do you want');
    await app.type(keys.enter);
    await app.waitFor('Which login');
  });

  it('says it in the help, too', async () => {
    const app = open({ entered: 1 });
    await app.waitFor('ada@example.com');
    await app.type('?');
    expect(await app.waitFor('closes the help')).toContain(label);
  });

  it('is left from the list by q, and from everywhere by Ctrl+C', async () => {
    const list = open();
    await list.waitFor('What do you want');
    await list.type('q');
    expect(list.left).toEqual([{ outcome: 'completed', interrupted: false, profile: null }]);
    const inside = open({ entered: 1 });
    await inside.waitFor('ada@example.com');
    await inside.type(keys.interrupt);
    expect(inside.left).toEqual([{ outcome: 'completed', interrupted: true, profile: null }]);
  });

  it('ends when the program is asked to end', async () => {
    const app = open({ entered: 1 });
    await app.waitFor('ada@example.com');
    app.end();
    await expect.poll(() => app.left).toHaveLength(1);
  });

  it('fits a small terminal', async () => {
    const app = open({ columns: 60, rows: 20 });
    const frame = await app.waitFor('What do you want');
    expectFits(frame, 60, 20);
    expect(frame).toContain(label);
    expect(frame).toContain('Quitting inside brings you back');
  });
});
