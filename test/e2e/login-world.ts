import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RuntimeKind } from '../../src/domain/profile.ts';
import { type Output, testBase } from '../docker/docker-cli.ts';
import { testAccount } from '../support/issuer/ledger.ts';
import type { IssuerPlace, issuerOnBridge } from '../support/issuer/places.ts';
import { realCliFolder } from '../support/real-cli.ts';
import { makeTemporary, type Temporary } from '../support/temporary.ts';
import { claudeSetup, configureImage, product } from './product.ts';

/** The product with one signed-in profile, `dev`, whose CLI is the real one, and a stand-in issuer within its reach. */
export interface LoginWorld {
  readonly temporary: Temporary;
  readonly env: Readonly<Record<string, string>>;
  /** Program and arguments that start the product there. */
  command(...args: readonly string[]): readonly [program: string, args: readonly string[]];
  /** Runs the product to its end. */
  run(...args: readonly string[]): Promise<Output>;
  /** Runs any program of the same world to its end. */
  exec(env: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<Output>;
  /** Starts the product, and kills it with `kill -9` after so many milliseconds unless it has ended by then. */
  killAfter(milliseconds: number, ...args: readonly string[]): Promise<void>;
  /** Signs in anew; the access token of that has ended. */
  signIn(): Promise<void>;
  /** The stored files, byte for byte. */
  files(): Promise<readonly string[]>;
  /** What the stored login holds. */
  stored(): Promise<Tokens>;
  /** Folders of working copies and leases that are there. */
  leftovers(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: number;
  readonly refreshTokenExpiresAt: number;
}

type Place = IssuerPlace & { readonly inside: readonly string[] };

export const makeLoginWorld = async (place: Place, runtime: RuntimeKind = 'sandbox'): Promise<LoginWorld> => {
  const [temporary, cli] = await Promise.all([makeTemporary(), realCliFolder()]);
  const { authDir, root, setupHome } = temporary;
  const memory = join(root, 'memory');
  const env = {
    ...temporary.env,
    PATH: `${cli}:${temporary.env.PATH}`,
    NODE_EXTRA_CA_CERTS: place.caFile,
    XDG_RUNTIME_DIR: memory,
  };
  const file = join(authDir, '.credentials.json');
  const state = {
    hasCompletedOnboarding: true,
    oauthAccount: { accountUuid: testAccount.uuid, emailAddress: testAccount.email },
  };
  for (const directory of [authDir, memory]) await mkdir(directory, { mode: 0o700 });
  const signIn = async () => writeFile(file, await place.issuer.signIn(), { mode: 0o600 });
  await signIn();
  await writeFile(join(authDir, '.claude.json'), JSON.stringify(state), { mode: 0o600 });
  const added = await claudeSetup(['profile', 'add', 'dev', '--dir', authDir, '--runtime', runtime], env);
  if (added.status !== 0) throw new Error(added.stderr);
  const inPlace = (words: readonly string[]): readonly [string, readonly string[]] => {
    const [program = '', ...rest] = [...place.inside, ...words];
    return [program, rest];
  };
  const command: LoginWorld['command'] = (...args) => inPlace([...product, ...args]);
  const exec: LoginWorld['exec'] = (more, ...words) =>
    new Promise((resolve) => {
      const [program, rest] = inPlace(words);
      const child = execFile(program, rest, { env: { ...env, ...more } }, (error, stdout, stderr) =>
        resolve({
          status: error === null ? 0 : typeof error.code === 'number' ? error.code : -1,
          stdout,
          stderr,
        }),
      );
      child.stdin?.end();
    });
  const inFolder = async (path: string) =>
    (await readdir(path).catch(() => [])).map((name) => join(path, name));
  return {
    temporary,
    env,
    command,
    run: (...args) => exec({}, ...product, ...args),
    exec,
    async killAfter(milliseconds, ...args) {
      const [program, rest] = command(...args);
      const child: ChildProcess = spawn(program, rest, { env, stdio: 'ignore' });
      const gone = once(child, 'exit');
      await Promise.race([gone, delay(milliseconds)]);
      child.kill('SIGKILL');
      await gone;
    },
    signIn,
    files: async () => [
      await readFile(file, 'latin1'),
      await readFile(join(authDir, '.claude.json'), 'latin1'),
    ],
    stored: async () => JSON.parse(await readFile(file, 'utf8')).claudeAiOauth,
    leftovers: async () => [
      ...(await inFolder(join(setupHome, 'refreshes'))),
      ...(await inFolder(join(setupHome, 'tmp'))),
      ...(await inFolder(memory)),
    ],
    remove: () => temporary.remove(),
  };
};

/** Builds the setup image of that world, for containers that reach the issuer on the bridge. */
export const buildSetupImage = async (
  { temporary, run }: LoginWorld,
  { caFile, extraHosts }: Awaited<ReturnType<typeof issuerOnBridge>>,
): Promise<void> => {
  await configureImage(temporary.setupHome, { base: testBase, caFile, extraHosts });
  const built = await run('build');
  if (built.status !== 0) throw new Error(built.stderr);
};
