import { chown, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { docker, testBase, whyNoDocker } from '../docker/docker-cli.ts';
import { testAccount } from '../support/issuer/ledger.ts';
import { issuerOnBridge } from '../support/issuer/places.ts';
import { makeTemporary, type Temporary } from '../support/temporary.ts';
import { openTmux, type Tmux } from '../support/tmux.ts';
import { claudeSetup, configureImage, containersOf, product } from './product.ts';
import { keepFrame, signInByBrowser, watchProcesses } from './walk.ts';

const reason = await whyNoDocker();

const chownAll = async (directory: string, uid: number): Promise<void> => {
  await chown(directory, uid, uid);
  for (const name of await readdir(directory, { recursive: true }))
    await chown(join(directory, name), uid, uid);
};

describe.skipIf(reason !== null)(
  `the wizard with Docker and the real CLI (${reason ?? 'real engine'})`,
  () => {
    let place: Awaited<ReturnType<typeof issuerOnBridge>>;
    const worlds: Temporary[] = [];
    let terminal: Tmux;

    beforeAll(async () => {
      place = await issuerOnBridge();
    });
    afterAll(async () => {
      await terminal?.close();
      await place?.close();
      for (const world of worlds) await world.remove();
    });

    const world = async (): Promise<Temporary> => {
      const made = await makeTemporary();
      worlds.push(made);
      await configureImage(made.setupHome, {
        base: testBase,
        caFile: place.caFile,
        extraHosts: place.extraHosts,
      });
      return made;
    };

    const screen = async (name: string, wanted: string | RegExp, timeoutMs?: number) => {
      await terminal.waitFor(wanted, timeoutMs);
      await keepFrame(name, await terminal.capture());
    };

    /** From the first screen to the last, by keys. */
    const walk = async (size: string, setupHome: string): Promise<void> => {
      await screen(`${size}-1-engine`, 'is running');
      await terminal.keys('Enter');
      await screen(`${size}-2-profile`, 'Which login is this for?');
      await terminal.keys('Enter');
      await screen(`${size}-2-profile-directory`, 'Where the login of dev is kept');
      await terminal.keys('Enter');
      await screen(`${size}-3-image`, /Step \d|How do you want to sign in\?|build it/, 60_000);
      if ((await terminal.capture()).includes('build it')) await terminal.keys('Enter');
      await terminal.waitFor('How do you want to sign in?', 300_000);
      await screen(`${size}-4-method`, 'Sign-in link');
      await terminal.keys('Enter');
      await screen(`${size}-4-sign-in`, 'Paste code here', 60_000);
      expect(await containersOf(setupHome)).not.toEqual([]);
      await signInByBrowser(terminal, place.issuer);
      await screen(`${size}-5-verify`, /checks passed|continue/, 60_000);
      await terminal.keys('Enter');
      await screen(`${size}-5-first-run`, 'write it');
      await terminal.keys('Enter');
      await screen(`${size}-6-done`, 'finish');
      await terminal.keys('Enter');
      await terminal.ended();
    };

    it.each([
      [80, 24],
      [60, 20],
      [120, 40],
    ])('signs in, captures and verifies at %ix%i', async (columns, rows) => {
      const { home, setupHome, env, authDir } = await world();
      terminal = await openTmux({ columns, rows, command: product, env });
      const processes = watchProcesses();
      await walk(`${columns}x${rows}`, setupHome);

      // On disk: modes, the account, and a report that is fine.
      expect((await stat(authDir)).mode & 0o777).toBe(0o700);
      for (const name of ['.credentials.json', '.claude.json'])
        expect((await stat(join(authDir, name))).mode & 0o777).toBe(0o600);
      const report = await claudeSetup(['check', '--json', '--live'], env);
      expect(report.stderr).toBe('');
      expect(JSON.parse(report.stdout)).toMatchObject({
        profile: 'dev',
        status: 'pass',
        account: { email: testAccount.email, plan: 'max' },
      });
      expect(report.status).toBe(0);
      const processesSeen = await processes();
      const state = JSON.parse(await readFile(join(authDir, '.claude.json'), 'utf8'));
      expect(state).toMatchObject({
        hasCompletedOnboarding: true,
        oauthAccount: { emailAddress: testAccount.email },
      });

      // Nothing is left behind: no container, no lock of the CLI, no staging.
      expect(await containersOf(setupHome)).toEqual([]);
      expect((await readdir(home)).toSorted()).toEqual(['.claude-hub']);
      expect((await readdir(authDir)).filter((name) => /lock|tmp/.test(name))).toEqual([]);

      // No token was ever on the screen, in the settings, or in the arguments or the environment of a process.
      const { claudeAiOauth } = JSON.parse(await readFile(join(authDir, '.credentials.json'), 'utf8'));
      const settings = await readFile(join(setupHome, 'config.json'), 'utf8');
      const everything = [...terminal.seen, settings, ...processesSeen].join('\n');
      expect(everything).toContain('claude\0auth\0login');
      for (const token of [claudeAiOauth.accessToken, claudeAiOauth.refreshToken]) {
        expect(everything).not.toContain(token.slice(0, 30));
      }
      await terminal.close();
    });

    it('is accepted by the real CLI where a container mounts the directory', async () => {
      const made = worlds[0];
      if (made === undefined) throw new Error('nobody signed in');
      // The tests run as root; a person's directory belongs to the person, here to the user of the container.
      await chownAll(made.authDir, 1000);
      const mounted = await docker(
        ...[
          'run',
          '--rm',
          '-v',
          `${made.authDir}:/home/node/.claude`,
          'claude-setup:latest',
          'claude',
          'auth',
          'status',
        ],
      );
      expect(JSON.parse(mounted.stdout)).toMatchObject({ loggedIn: true, email: testAccount.email });
    });
  },
);
