import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createSealedStore } from '../../src/adapters/store/seal/sealed-store.ts';
import { findTestEngine } from '../support/engine-images.ts';
import type { IssuerNews, IssuerOrder } from '../support/issuer/one-at-a-time.ts';
import { memoryKeyring } from '../support/memory-keyring.ts';
import { makeOwnEngine, type OwnEngine } from '../support/own-engine.ts';
import { unwrap } from '../support/results.ts';
import {
  buildOf,
  command,
  credentials,
  type Deed,
  type FaultImage,
  deeds as faultDeeds,
  makeFaultImage,
  type TrialWorld,
} from './fault-world.ts';
import { claudeSetup } from './product.ts';

/** Where the engine is in its own network, and the issuer with it. */
const gateway = '172.31.250.1';
const port = 8080;

/** A `claude` that renews its login at the issuer of the engine's network, and is the stand-in otherwise. */
const askingClaude = `#!/bin/sh
case "$1" in
  -p) exec node -e '
    const fs = require("fs"), file = process.env.CLAUDE_CONFIG_DIR + "/.credentials.json";
    const login = JSON.parse(fs.readFileSync(file, "utf8")), o = login.claudeAiOauth;
    if (o.expiresAt - Date.now() > 4 * 3600000) process.exit(1);
    const ask = (method, body) => fetch("http://${gateway}:${port}/", { method, body });
    ask("POST", o.refreshToken).then((r) => r.json()).then(async (a) => {
      Object.assign(o, { accessToken: a.access_token ?? "", refreshToken: a.refresh_token ?? "", expiresAt: Date.now() + 8 * 3600000 });
      fs.writeFileSync(file + ".tmp.1", JSON.stringify(login), { mode: 0o600 });
      fs.renameSync(file + ".tmp.1", file);
      await ask("PUT");
      process.exit(1);
    });
  ' ;;
esac
exec node /opt/stand-in/stand-in.js "$@"
`;

interface Issuer {
  /** Called for what happens there; a question is answered when it has returned. */
  onNews: (news: string) => Promise<void> | void;
  /** A login whose access token is good for so many milliseconds. */
  signIn(leftMs: number): Promise<string>;
  /** Whether a refresh token is the newest one of its login. */
  refreshes(token: string): Promise<boolean>;
  /** How often a spent token was shown. */
  reuses(): Promise<number>;
  close(): Promise<void>;
}

const startIssuer = async ({ inside }: OwnEngine): Promise<Issuer> => {
  const program = fileURLToPath(new URL('../support/issuer/one-at-a-time.ts', import.meta.url));
  const [command = '', ...args] = [...inside, process.execPath, program, '0.0.0.0', String(port)];
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const send = (order: IssuerOrder) => void child.send(order);
  const answers: ((value: unknown) => void)[] = [];
  const ready = Promise.withResolvers<void>();
  const issuer: Issuer = {
    onNews: () => undefined,
    async signIn(leftMs) {
      const login = JSON.parse(String(await ask({ order: 'sign in' })));
      login.claudeAiOauth.expiresAt = Date.now() + leftMs;
      return JSON.stringify(login);
    },
    refreshes: async (token) => (await ask({ order: 'refreshes', token })) === true,
    reuses: async () => Number(await ask({ order: 'reuses' })),
    async close() {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    },
  };
  const ask = (order: IssuerOrder): Promise<unknown> =>
    new Promise((resolve) => {
      answers.push(resolve);
      send(order);
    });
  child.on('message', async (message) => {
    const news = message as IssuerNews;
    if (news.news === 'ready') ready.resolve();
    else if (news.news === 'answer') answers.shift()?.(news.value);
    else {
      await issuer.onNews(news.news);
      if (news.news === 'asked') send({ order: 'go' });
    }
  });
  await ready.promise;
  return issuer;
};

/** How the engine ends, and what becomes of what runs on it. */
export interface Blow {
  readonly signal: 'SIGTERM' | 'SIGKILL';
  /** `live-restore`: the containers go on without it. */
  readonly containers: 'end' | 'survive';
  /** Whether it is there again at once, or when the command has ended. */
  readonly back: 'at once' | 'later';
}

export interface RestartWorld {
  readonly engine: OwnEngine;
  readonly image: FaultImage;
  readonly issuer: Issuer;
  /** Sees to it that the engine runs, in such a way that its end does this to the containers. */
  ready(containers: Blow['containers']): Promise<void>;
  strike(blow: Blow): Promise<void>;
  /** Tells what happens on the engine and at the issuer, such as `start` or `asked`, until it is closed or the engine ends. */
  watch(onMoment: (name: string) => Promise<void> | void): Promise<() => void>;
  /** Puts a new login of the issuer's into the profile, whose access token is good for so many milliseconds. */
  signIn(world: Pick<TrialWorld, 'temporary'>, leftMs: number): Promise<void>;
  /** Ids of all containers. */
  containers(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export const makeRestartWorld = async (): Promise<RestartWorld> => {
  const image = await makeFaultImage(await findTestEngine(), askingClaude);
  const engine = await makeOwnEngine();
  let running: Blow['containers'] | null = null;
  const start = async (containers: Blow['containers']) => {
    const options = containers === 'survive' ? ['--live-restore'] : [];
    await engine.start('--bip', `${gateway}/24`, ...options);
    running = containers;
  };
  await start('end');
  await engine.copyImage(image.reference);
  const issuer = await startIssuer(engine);
  const world: RestartWorld = {
    engine,
    image,
    issuer,
    async ready(containers) {
      if (running === containers) return;
      if (running !== null) await engine.end('SIGTERM');
      await start(containers);
    },
    async strike({ signal, containers, back }) {
      await engine.end(signal);
      running = null;
      if (back === 'at once') await start(containers);
    },
    async watch(onMoment) {
      const filters = encodeURIComponent(JSON.stringify({ type: ['container', 'image'] }));
      const call = get({ socketPath: engine.socket, path: `/events?filters=${filters}` });
      call.on('error', () => undefined);
      const [answer] = await once(call, 'response');
      answer.on('error', () => undefined);
      createInterface(answer)
        .on('line', (line) => {
          const { Action } = JSON.parse(line);
          void onMoment(String(Action).split(':')[0] ?? '');
        })
        .on('error', () => undefined);
      issuer.onNews = onMoment;
      return () => {
        issuer.onNews = () => undefined;
        call.destroy();
      };
    },
    async signIn({ temporary }, leftMs) {
      await writeFile(join(temporary.authDir, credentials), await issuer.signIn(leftMs), { mode: 0o600 });
    },
    containers: async () => (await engine.docker('ps', '-aq')).split('\n').filter((id) => id !== ''),
    async close() {
      await issuer.close();
      await engine.close();
      await image.remove();
    },
  };
  return world;
};

const known = (name: string): Deed => {
  const deed = faultDeeds.find((one) => one.name === name);
  if (deed === undefined) throw new Error(`no ${name}`);
  return deed;
};

/** The same machine with its profile sealed. */
export const sealed = async (world: TrialWorld): Promise<TrialWorld> => {
  const { temporary } = world;
  const passphraseFile = join(temporary.root, 'passphrase');
  await writeFile(passphraseFile, 'correct horse\n', { mode: 0o600 });
  const env = { ...temporary.env, CLAUDE_SETUP_PASSPHRASE_FILE: passphraseFile };
  const done = await claudeSetup(['profile', 'seal', 'dev'], env);
  if (done.status !== 0) throw new Error(done.stderr);
  const { store } = createSealedStore({
    uid: process.getuid?.() ?? null,
    keyring: memoryKeyring(),
    passphraseFile,
  });
  return {
    ...world,
    temporary: { ...temporary, env },
    stored: async () => JSON.stringify(unwrap(await store.readLogin(temporary.authDir)).login),
  };
};

export interface RestartDeed extends Deed {
  readonly isSealed?: true;
  /** Whether another login takes the place of the one that is there. */
  readonly isNewSignIn?: true;
}

/** What a person does while the engine restarts. */
export const deeds: readonly RestartDeed[] = [
  {
    name: 'build',
    signedIn: false,
    good: 0,
    // No two of them have a step in common.
    act: buildOf(({ image, label }) => `FROM ${image.reference}\nRUN echo ${label}\nRUN echo again\n`),
  },
  ...['sign-in, capture', 'check --live', 'refresh', 'run'].map(known),
  {
    name: 'run --full',
    signedIn: true,
    good: 7,
    act: command(() => ['run', '--full', '--', 'sh', '-c', 'claude -p hello; exit 7']),
  },
  // The person has signed in before, so that there is something to lose.
  {
    ...known('sign-in, capture'),
    name: 'sign-in, sealed',
    signedIn: true,
    isSealed: true,
    isNewSignIn: true,
  },
  { ...known('refresh'), name: 'refresh, sealed', isSealed: true },
];
