import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { docker, testBase, whyNoDocker } from '../docker/docker-cli.ts';
import { testAccount } from '../support/issuer/ledger.ts';
import { type IssuerPlace, issuerInNamespace, issuerOnBridge } from '../support/issuer/places.ts';
import { realCliFolder } from '../support/real-cli.ts';
import { makeTemporary, type Temporary } from '../support/temporary.ts';
import { openTmux, type Tmux } from '../support/tmux.ts';
import { claudeSetup, configureImage, product } from './product.ts';
import { signInByBrowser, walkTo } from './walk.ts';

const noDocker = await whyNoDocker();
const noRoot = process.getuid?.() === 0 ? null : 'a network of its own needs root';

/** Where the wizard runs: how it is started, and what is left there afterwards. */
interface World {
  readonly place: IssuerPlace;
  readonly temporary: Temporary;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether the CLI has written everything that belongs to a login. */
  finished(): Promise<boolean>;
  leftovers(): Promise<readonly string[]>;
}

const signInContainers = async (): Promise<readonly string[]> =>
  (await docker('ps', '-aq', '--filter', 'label=claude-setup.role=sign-in')).stdout
    .split('\n')
    .filter(Boolean);

const inDocker = async (): Promise<World> => {
  const [place, temporary] = await Promise.all([issuerOnBridge(), makeTemporary()]);
  await configureImage(temporary.setupHome, {
    base: testBase,
    caFile: place.caFile,
    extraHosts: place.extraHosts,
  });
  const before = await signInContainers();
  const command = [...product, 'login', 'dev', '--runtime', 'docker'];
  const leftovers = async () => (await signInContainers()).filter((id) => !before.includes(id));
  // `claude auth login` ends when it has written the files.
  const finished = async () => {
    const [container = ''] = await leftovers();
    return (await docker('inspect', '--format', '{{.State.Status}}', container)).stdout.trim() === 'exited';
  };
  return { place, temporary, command, env: temporary.env, finished, leftovers };
};

const inSandbox = async (): Promise<World> => {
  const [place, temporary, cli] = await Promise.all([issuerInNamespace(), makeTemporary(), realCliFolder()]);
  const env = { ...temporary.env, PATH: `${cli}:${temporary.env.PATH}`, NODE_EXTRA_CA_CERTS: place.caFile };
  const command = [...place.inside, ...product, 'login', 'dev', '--runtime', 'sandbox'];
  const signIns = join(temporary.setupHome, 'sign-ins');
  const leftovers = () => readdir(signIns).catch(() => []);
  const finished = async () => {
    const names = await readdir(signIns, { recursive: true });
    const state = names.find((name) => basename(name) === '.claude.json');
    return (
      names.some((name) => basename(name) === '.credentials.json') &&
      state !== undefined &&
      (await readFile(join(signIns, state), 'utf8')).includes(testAccount.email)
    );
  };
  return { place, temporary, command, env, finished, leftovers };
};

describe.each([
  ['docker', inDocker, noDocker],
  ['sandbox', inSandbox, noRoot],
] as const)('the wizard killed with -9 after a finished sign-in: %s', (runtime, makeWorld, reason) => {
  describe.skipIf(reason !== null)(reason ?? 'real CLI', () => {
    let world: World;
    let terminal: Tmux | null = null;
    beforeAll(async () => {
      world = await makeWorld();
    });
    afterEach(() => terminal?.close());
    afterAll(async () => {
      await world?.place.close();
      await world?.temporary.remove();
    });

    it('is found again and captured', async () => {
      terminal = await openTmux({ columns: 80, rows: 24, command: world.command, env: world.env });
      await walkTo(terminal, /Sign-in link ready/);
      const pid = await terminal.pid();
      // Killed as soon as the CLI has written the login, before the wizard has captured it: the wizard is stopped while
      // the code is exchanged, so that it cannot.
      await signInByBrowser(terminal, world.place.issuer, () => process.kill(pid, 'SIGSTOP'));
      await expect.poll(world.finished, { timeout: 60_000 }).toBe(true);
      process.kill(pid, 'SIGKILL');
      await terminal.close();
      expect(await world.leftovers()).toHaveLength(1);
      const before = await claudeSetup(['check', 'dev', '--json'], world.env);
      expect(JSON.parse(before.stdout)).toMatchObject({ status: 'fail' });

      terminal = await openTmux({ columns: 80, rows: 24, command: world.command, env: world.env });
      await terminal.waitFor(/checks passed|was found again|Captured/, 120_000);
      await terminal.waitFor(/checks passed/, 60_000);
      const report = await claudeSetup(['check', 'dev', '--json'], world.env);
      expect(JSON.parse(report.stdout)).toMatchObject({
        profile: 'dev',
        account: { email: testAccount.email },
      });
      expect(report.status).toBe(0);
      expect(await readFile(join(world.temporary.authDir, '.credentials.json'), 'utf8')).toContain(
        'sk-ant-ort01-',
      );
      expect(await world.leftovers()).toEqual([]);
      expect(runtime).toBe(
        JSON.parse((await claudeSetup(['profile', 'show', 'dev', '--json'], world.env)).stdout).runtime,
      );
    });
  });
});
