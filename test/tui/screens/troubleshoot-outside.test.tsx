import { describe, expect, it } from 'vitest';
import { fail } from '../../../src/domain/failure.ts';
import {
  attempt,
  blankLogin,
  changeLogin,
  type FakeWorld,
  putLogin,
  readyWorld,
  startOfTest,
} from '../fake-world.ts';
import { keys, openApp } from '../open-app.tsx';

const start = { screen: 'troubleshoot', profile: 'dev', failure: null } as const;

/** Trouble that a person mends by hand, or by signing in. */
interface ByHand {
  readonly symptom: string;
  readonly breakIt: (world: FakeWorld) => void;
  readonly heal: (world: FakeWorld) => void;
}

const authDir = '/home/ada/.claude-auth-dev';
const withoutEngine =
  (code: 'engine.missing' | 'engine.permission' | 'engine.timeout') => (world: FakeWorld) => {
    const attempts = [attempt('default', code, 'as the test says', 'do what the test says')];
    world.search = () => ({ engine: null, attempts });
  };
const withEngine = (world: FakeWorld) => {
  world.search = () => ({ engine: world.engine, attempts: [] });
};
const setDisk = (freeBytes: number, readOnly: boolean) => (world: FakeWorld) => {
  world.ports.store.disk = async () => ({ freeBytes, readOnly });
};
const editLogin = (change: Record<string, unknown>) => (world: FakeWorld) =>
  changeLogin(world.store.directory(authDir), change);
const put = (content: string) => (world: FakeWorld) =>
  world.store.directory(authDir).set('.credentials.json', content);
const signedInAgain = (world: FakeWorld) => putLogin(world.store.directory(authDir));

const byHand: Readonly<Record<string, ByHand>> = {
  'no engine': {
    symptom: 'No Docker engine is found',
    breakIt: withoutEngine('engine.missing'),
    heal: withEngine,
  },
  'no permission on the socket': {
    symptom: 'Docker is there, but "permission denied"',
    breakIt: withoutEngine('engine.permission'),
    heal: withEngine,
  },
  'a silent engine': {
    symptom: 'Docker does not answer',
    breakIt: withoutEngine('engine.timeout'),
    heal: withEngine,
  },
  'a clock that is off': {
    symptom: 'Tokens expire too early or too late',
    breakIt: (world) => {
      world.engine.clock = () => startOfTest + 30 * 60 * 1000;
    },
    heal: (world) => {
      world.engine.clock = () => startOfTest;
    },
  },
  'a full disk': {
    symptom: 'No space left on device',
    breakIt: setDisk(1000, false),
    heal: setDisk(1e12, false),
  },
  'a read-only disk': {
    symptom: 'Nothing can be written into the directory',
    breakIt: setDisk(1e12, true),
    heal: setDisk(1e12, false),
  },
  'an empty file': { symptom: 'has 0 bytes', breakIt: put(''), heal: signedInAgain },
  'a truncated file': {
    symptom: 'is cut or not JSON',
    breakIt: put('{"claudeAiOauth":{'),
    heal: signedInAgain,
  },
  'another shape': {
    symptom: 'something else than a login',
    breakIt: put('{"claudeAiOauth":{}}'),
    heal: signedInAgain,
  },
  'a login that another copy spent': {
    symptom: 'Signed out although nobody signed out',
    breakIt: editLogin({ accessToken: '', refreshToken: '', expiresAt: 0 }),
    heal: signedInAgain,
  },
  'missing scopes': {
    symptom: 'not allowed to use models',
    breakIt: editLogin({ scopes: ['user:profile'] }),
    heal: signedInAgain,
  },
  'an expired token': {
    symptom: 'The access token has expired',
    breakIt: editLogin({ expiresAt: startOfTest - 1000, refreshToken: '' }),
    heal: signedInAgain,
  },
  'an ended login': {
    symptom: 'The login itself has ended',
    breakIt: editLogin({ refreshTokenExpiresAt: startOfTest - 1000 }),
    heal: signedInAgain,
  },
  'a file of another user': {
    symptom: 'The credentials belong to another user',
    breakIt: (world) => Object.assign(world.ports.host, { uid: 1001 }),
    heal: (world) => Object.assign(world.ports.host, { uid: 1000 }),
  },
  'an API key in the environment': {
    symptom: 'The CLI uses another login than the captured one',
    breakIt: (world) => Object.assign(world.ports.host.env, { ANTHROPIC_API_KEY: 'sk-ant-api03-TEST' }),
    heal: (world) => Object.assign(world.ports.host.env, { ANTHROPIC_API_KEY: '' }),
  },
  'a missing file': {
    symptom: '.credentials.json is not there',
    breakIt: (world) => world.store.directory(authDir).delete('.credentials.json'),
    heal: signedInAgain,
  },
};

describe('trouble that is mended outside', () => {
  it.each(Object.entries(byHand))('%s', async (_name, { symptom, breakIt, heal }) => {
    const world = readyWorld();
    breakIt(world);
    const app = openApp(world, { start });
    await app.waitFor(symptom);
    heal(world);
    await app.type('r');
    await app.waitFor('Nothing is wrong');
  });

  it('says when it is not mended yet, and when it is', async () => {
    const world = readyWorld();
    withoutEngine('engine.permission')(world);
    const app = openApp(world, { start });
    await app.waitFor('This is wrong');
    await app.type('1');
    expect(await app.waitFor('This only you can do')).toContain('do what the test says');
    await app.type(keys.enter);
    await app.waitFor('it is not mended yet');
    withEngine(world);
    await app.type('1');
    await app.waitFor('This only you can do');
    await app.type(keys.enter);
    await app.waitFor('Mended. Looked again.');
  });

  it('opens the sign-in for a login that only a new one mends', async () => {
    const world = readyWorld();
    editLogin({ accessToken: '', refreshToken: '' })(world);
    const app = openApp(world, { start });
    await app.waitFor('Signed out although nobody signed out');
    await app.type(keys.enter);
    await app.waitFor('Opens the sign-in for dev.');
    await app.type(keys.enter);
    await app.waitFor('How do you want to sign in?');
  });

  it('has an expired login refreshed on two keys', async () => {
    const world = readyWorld();
    editLogin({ expiresAt: startOfTest - 1000 })(world);
    world.runtime.refreshes(({ files }) => putLogin(files, { token: 'renewed' }));
    const app = openApp(world, { start });
    await app.waitFor('The access token has expired');
    await app.type(keys.enter);
    await app.waitFor('claude-setup refresh dev');
    await app.type(keys.enter);
    await app.waitFor('Mended. The login has fresh tokens.');
    expect(world.store.directory(authDir).text('.credentials.json')).toContain('TEST-renewed');
  });

  it('names a refused refresh, keeps the login, and goes on to the sign-in', async () => {
    const world = readyWorld();
    editLogin({ expiresAt: startOfTest - 1000 })(world);
    const before = world.store.directory(authDir).text('.credentials.json');
    world.runtime.refreshes(({ files }) => blankLogin(files));
    const app = openApp(world, { start, rows: 40 });
    await app.waitFor('The access token has expired');
    await app.type(keys.enter);
    await app.waitFor('claude-setup refresh dev');
    await app.type(keys.enter);
    const frame = await app.waitFor('A refresh of the login was refused');
    expect(frame).toContain('Another copy of this login was refreshed before');
    expect(world.store.directory(authDir).text('.credentials.json')).toBe(before);
    await app.type(keys.enter);
    await app.waitFor('Opens the sign-in for dev.');
  });

  it('knows a taken container name from the failure alone, and does not claim to see it mended', async () => {
    const failure = fail(
      'container.name-taken',
      'No container was made',
      '"bot" is taken',
      'docker rm bot',
    ).failure;
    const app = openApp(readyWorld(), { start: { ...start, failure } });
    await app.waitFor('its name is taken');
    await app.type('1');
    await app.waitFor('docker rm bot');
    await app.type(keys.enter);
    await app.waitFor('Whether that helped shows only when you try again');
  });
});
