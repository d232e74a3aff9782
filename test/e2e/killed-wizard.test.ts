import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { docker, testBase, whyNoDocker } from '../docker/docker-cli.ts';
import { testAccount } from '../support/issuer/ledger.ts';
import { type IssuerPlace, issuerInNamespace, issuerOnBridge } from '../support/issuer/places.ts';
import { realCliFolder } from '../support/real-cli.ts';
import { makeTemporary, type Temporary } from '../support/temporary.ts';
import { openTmux, type Tmux } from '../support/tmux.ts';
import { claudeSetup, configureImage, product } from './product.ts';
import { signInByBrowser } from './walk.ts';

const noDocker = await whyNoDocker();
const noRoot = process.getuid?.() === 0 ? null : 'a network of its own needs root';

/** Where the wizard runs: how it is started, and what is left there afterwards. */
interface World {
  readonly place: IssuerPlace;
  readonly temporary: Temporary;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
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
  return { place, temporary, command, env: temporary.env, leftovers };
};

const inSandbox = async (): Promise<World> => {
  const [place, temporary, cli] = await Promise.all([issuerInNamespace(), makeTemporary(), realCliFolder()]);
  const env = { ...temporary.env, PATH: `${cli}:${temporary.env.PATH}`, NODE_EXTRA_CA_CERTS: place.caFile };
  const command = [...place.inside, ...product, 'login', 'dev', '--runtime', 'sandbox'];
  const leftovers = () => readdir(join(temporary.setupHome, 'sign-ins')).catch(() => []);
  return { place, temporary, command, env, leftovers };
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

    /** To the session; the steps before are passed over when they have nothing to do. */
    const toSession = async (opened: Tmux): Promise<void> => {
      for (;;) {
        const screen = await opened.waitFor(
          /Sign-in link ready|How do you want|Where the login|Enter (?:continue|build it|choose)/,
          300_000,
        );
        if (screen.includes('Sign-in link ready')) return;
        await opened.keys('Enter');
        await opened.waitFor((now) => now !== screen, 300_000);
      }
    };

    it('is found again and captured', async () => {
      terminal = await openTmux({ columns: 80, rows: 24, command: world.command, env: world.env });
      await toSession(terminal);
      const pid = await terminal.pid();
      // Killed as soon as the CLI has written the login, before the wizard has captured it: its process is stopped
      // while the code is exchanged, so that it cannot.
      const exchanged = world.place.issuer;
      await signInByBrowser(terminal, exchanged, () => process.kill(pid, 'SIGSTOP'));
      await expect
        .poll(
          async () =>
            (await exchanged.calls()).some(
              ({ grant, status }) => grant === 'authorization_code' && status === 200,
            ),
          { timeout: 30_000 },
        )
        .toBe(true);
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
