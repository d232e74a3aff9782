import { expect, it } from 'vitest';
import type { Start } from '../../src/tui/app.tsx';
import { canarySecrets, findSecrets, needlesOf } from '../support/canary.ts';
import { hostilePorts } from '../support/hostile-ports.ts';
import { reportTrials, stride } from '../support/soak.ts';
import { randomKeys, starts } from './every-screen.ts';
import { createFakeWorld, home, putLogin, startOfTest } from './fake-world.ts';
import { openApp } from './open-app.tsx';

const secrets = canarySecrets();
const never = needlesOf(Object.values(secrets));
/** Somebody may have asked for the file or the clipboard that holds an access token; never for one with these. */
const notOnRequest = needlesOf([secrets.refreshToken, secrets.code, secrets.codeVerifier]);

const makeWorld = () => {
  const world = createFakeWorld();
  world.addImage();
  for (const name of ['dev', 'ci']) {
    const { authDir } = world.addProfile(name);
    const files = world.store.directory(authDir);
    putLogin(files);
    const claudeAiOauth = {
      accessToken: secrets.accessToken,
      refreshToken: secrets.refreshToken,
      expiresAt: startOfTest + 8 * 3600_000,
      scopes: ['user:inference', 'user:profile'],
    };
    files.set('.credentials.json', JSON.stringify({ claudeAiOauth }));
  }
  world.store.directory(`${home}/.claude-auth-ci`).set('oauth-token', `${secrets.longLivedToken}\n`);
  world.runtime.plays((job) => job.end());
  return world;
};

/** Opens a screen and types while one of the ports' calls fails; the calls that were made. */
const wander = async (start: Start, at: string | null, seed: number, count: number) => {
  const world = makeWorld();
  const called = new Set<string>();
  const ports = hostilePorts(world.ports, { at, how: 'fails', secret: secrets.refreshToken }, called);
  const app = openApp({ ...world, ports }, { start, columns: 100, rows: 30 });
  for (const key of randomKeys(seed, count)) {
    await app.type(key);
    world.clock.advance(300);
  }
  const where = `${start.screen} where ${at} fails, keys ${seed}`;
  expect(findSecrets(`frames of ${where}`, [...new Set(app.frames)].join('\n'), never)).toEqual([]);
  expect(findSecrets(`hooks of ${where}`, JSON.stringify(world.hookRuns), never)).toEqual([]);
  expect(findSecrets(`settings after ${where}`, JSON.stringify(world.config), never)).toEqual([]);
  const onRequest = JSON.stringify([[...world.written], world.copied]);
  expect(findSecrets(`written and copied by ${where}`, onRequest, notOnRequest)).toEqual([]);
  const frames = new Set(app.frames).size;
  app.end();
  return { called, frames };
};

it.each(Object.entries(starts))(
  'no secret is ever on the screen: %s',
  async (name, start) => {
    const called = new Set<string>();
    let frames = 0;
    for (let seed = 1; seed <= 6 / stride(3); seed += 1) {
      const seen = await wander(start, null, seed, 40);
      for (const call of seen.called) called.add(call);
      frames += seen.frames;
    }
    expect(frames).toBeGreaterThan(2);
    const wrong = [...called].toSorted().filter((_, index) => index % stride(4) === 0);
    for (const at of wrong) frames += (await wander(start, at, 1, 20)).frames;
    reportTrials(`${name}: ${frames} frames, ${wrong.length} of the ports' calls went wrong`);
  },
  120_000,
);
