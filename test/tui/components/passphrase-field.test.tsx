import { expect, it } from 'vitest';
import type { AskPassphrase } from '../../../src/ports/seals.ts';
import { createFakeWorld } from '../fake-world.ts';
import { keys, type OpenOptions, openApp } from '../open-app.tsx';

const dashboard = async (options: OpenOptions = {}) => {
  const askers: AskPassphrase[] = [];
  const plain = createFakeWorld();
  const world = {
    ...plain,
    ports: {
      ...plain.ports,
      seals: {
        ...plain.ports.seals,
        onAsk: (ask: AskPassphrase | null) => {
          if (ask !== null) askers.push(ask);
          return () => {};
        },
      },
    },
  };
  plain.addProfile('prod');
  const app = openApp(world, { start: { screen: 'dashboard' }, ...options });
  await app.waitFor('prod');
  const ask = (again = false, purpose: 'open' | 'new' = 'open') => {
    const asker = askers.at(-1);
    if (asker === undefined) throw new Error('nobody asks');
    const { promise: tried, resolve } = Promise.withResolvers<void>();
    over = resolve;
    return asker({ authDir: '/home/ada/.claude-auth-prod', purpose, again, tried });
  };
  let over = () => {};
  /** The answer has been tried. */
  const settle = () => over();
  return { app, ask, settle };
};

it.each([
  [60, 20],
  [80, 24],
  [120, 40],
])('asks for a passphrase over the screen, nothing of it shown, at %ix%i', async (columns, rows) => {
  const { app, ask, settle } = await dashboard({ columns, rows });
  const before = app.frame();
  const answer = ask();
  await app.waitFor('is sealed');
  // Keys of the screen below, pasted and typed: all of it is the passphrase.
  await app.type('q?x');
  await app.paste('ünd mehr');
  await app.type(keys.backspace);
  const frame = await app.waitFor('**********');
  expect(frame).toContain('Enter open  Esc leave it locked');
  expect(frame).not.toMatch(/mehr|q\?x/);
  await app.type(keys.enter);
  expect(await answer).toBe('q?xünd meh');
  // What is typed before it is known whether that was right is for nobody.
  await app.waitFor('Trying it');
  await app.type('q');
  expect(app.frame()).not.toMatch(/\*|Esc/);
  settle();
  await app.waitFor('quit');
  expect(app.frame()).toBe(before);

  // One question right after the other, as when the first answer was wrong.
  const wrong = ask();
  await app.waitFor('is sealed');
  await app.type(`x${keys.enter}`);
  await wrong;
  await app.waitFor('Trying it');
  settle();
  const again = ask(true);
  expect(await app.waitFor('That is not the passphrase')).not.toContain('***');
  await app.type(keys.escape);
  expect(await again).toBeNull();
  await app.waitFor('quit');
});

it('can be left, and asks for no new passphrase', async () => {
  const { app, ask } = await dashboard();
  expect(await ask(false, 'new')).toBeNull();
  const left = ask();
  await app.waitFor('is sealed');
  await app.type(keys.interrupt);
  // Whoever waits for the answer would keep the program from ending.
  expect(await left).toBeNull();
  expect(app.left).toMatchObject([{ interrupted: true }]);
});

it('gives nobody an answer when the program is to end', async () => {
  const { app, ask } = await dashboard();
  const asked = ask();
  await app.waitFor('is sealed');
  app.end();
  expect(await asked).toBeNull();
  expect(await ask()).toBeNull();
});
