import { execFile } from 'node:child_process';
import { cp, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testAccount } from '../support/issuer/ledger.ts';
import { issuerInNamespace } from '../support/issuer/places.ts';
import { realCliFolder } from '../support/real-cli.ts';
import { temporary } from '../support/temporary.ts';
import { openTmux } from '../support/tmux.ts';
import { claudeSetup, product } from './product.ts';
import { keepFrame, signInByBrowser } from './walk.ts';

const run = promisify(execFile);

const reason = process.getuid?.() === 0 ? null : 'a network of its own needs root';

describe.skipIf(reason !== null)(
  `the wizard without Docker, with the real CLI (${reason ?? 'network of its own'})`,
  () => {
    let place: Awaited<ReturnType<typeof issuerInNamespace>>;
    let cli: string;
    beforeAll(async () => {
      [place, cli] = await Promise.all([issuerInNamespace(), realCliFolder()]);
    });
    afterAll(() => place?.close());

    it('signs in, captures and verifies', async () => {
      const { root, setupHome, authDir, ...made } = await temporary();
      const env = {
        ...made.env,
        PATH: `${cli}:${made.env.PATH}`,
        NODE_EXTRA_CA_CERTS: place.caFile,
        // Nothing to find there, so the wizard offers the sandbox.
        DOCKER_HOST: `unix://${root}/no-engine.sock`,
      };
      const terminal = await openTmux({ columns: 80, rows: 24, command: [...place.inside, ...product], env });
      try {
        await terminal.waitFor('without a container engine');
        await keepFrame('sandbox-1-engine', await terminal.capture());
        await terminal.keys('s');
        await terminal.waitFor('Which login is this for?');
        await terminal.keys('Enter');
        await terminal.waitFor('Where the login of dev is kept');
        await terminal.keys('Enter');
        await terminal.waitFor(/How do you want to sign in\?|Enter continue/, 60_000);
        if (!(await terminal.capture()).includes('How do you want')) await terminal.keys('Enter');
        await terminal.waitFor('How do you want to sign in?');
        await terminal.keys('Enter');
        await signInByBrowser(terminal, place.issuer);
        await terminal.waitFor(/checks passed/, 60_000);
        await terminal.keys('Enter');
        await terminal.waitFor('write it');
        await terminal.keys('Enter');
        await terminal.waitFor('finish');
        await keepFrame('sandbox-6-done', await terminal.capture());
        await terminal.keys('Enter');
        await terminal.ended();
      } finally {
        await terminal.close();
      }

      expect((await stat(authDir)).mode & 0o777).toBe(0o700);
      expect((await stat(join(authDir, '.credentials.json'))).mode & 0o777).toBe(0o600);
      const report = await claudeSetup(['check', '--json', '--live'], env);
      expect(JSON.parse(report.stdout)).toMatchObject({
        status: 'pass',
        account: { email: testAccount.email },
      });
      expect(report.status).toBe(0);
      expect(await readdir(join(setupHome, 'sign-ins'))).toEqual([]);

      // The real CLI itself, on a copy of what was captured.
      const copy = join(root, 'copy');
      await cp(authDir, copy, { recursive: true });
      const [command = '', ...inside] = place.inside;
      const status = await run(command, [...inside, join(cli, 'claude'), 'auth', 'status'], {
        env: { HOME: made.home, CLAUDE_CONFIG_DIR: copy, PATH: env.PATH },
      });
      expect(JSON.parse(status.stdout)).toMatchObject({ loggedIn: true, email: testAccount.email });
      const { claudeAiOauth } = JSON.parse(await readFile(join(authDir, '.credentials.json'), 'utf8'));
      expect(terminal.seen.join('\n')).not.toContain(claudeAiOauth.accessToken.slice(0, 30));
    });
  },
);
