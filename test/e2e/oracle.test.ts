import { execFile } from 'node:child_process';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAuthStore } from '../../src/adapters/store/auth-store.ts';
import type { CheckReport } from '../../src/domain/checks/report.ts';
import { runChecks } from '../../src/domain/checks/run-checks.ts';
import { directoryCases } from '../fixtures/auth-directories/cases.ts';
import { realCliFolder } from '../support/real-cli.ts';
import { makeTemporary } from '../support/temporary.ts';

const uid = process.getuid?.() ?? null;
const reason = uid === 0 ? null : 'a network of its own needs root';

interface Answer {
  readonly name: string;
  readonly report: CheckReport;
  readonly loggedIn: boolean;
}

// The real CLI is the oracle: `pass` or `warn` from us where it says that nobody is logged in would be a lie.
describe.skipIf(reason !== null)(
  `the checks and the real CLI (${reason ?? 'claude auth status, no network'})`,
  () => {
    const cases = directoryCases.filter(({ oracle }) => oracle !== false);
    const answers: Answer[] = [];

    beforeAll(async () => {
      const cli = join(await realCliFolder(), 'claude');
      const waiting = [...cases];
      const work = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const { authDir, home, env, remove } = await makeTemporary();
          await mkdir(authDir);
          await chmod(authDir, 0o700);
          next.make(authDir);
          const facts = await createAuthStore({ uid }).gather(authDir);
          const report = runChecks('dev', {
            ...facts,
            uid,
            now: Date.now(),
            overridingVariables: [],
            live: null,
          });
          const loggedIn = await ask(cli, { ...env, HOME: home, CLAUDE_CONFIG_DIR: authDir });
          answers.push({ name: next.name, report, loggedIn });
          await remove();
        }
      };
      await Promise.all([work(), work(), work()]);
    }, 600_000);

    it('agree on every directory', () => {
      const lies = answers.filter(({ report, loggedIn }) => report.status !== 'fail' && !loggedIn);
      const stricter = answers.filter(({ report, loggedIn }) => report.status === 'fail' && loggedIn);
      console.info(
        `oracle: ${answers.length} cases, ${answers.length - lies.length - stricter.length} alike, ` +
          `${stricter.length} where we are stricter (${stricter.map(({ name }) => name).join('; ')}), ${lies.length} lies`,
      );
      expect(answers).toHaveLength(cases.length);
      expect(lies.map(({ name }) => name)).toEqual([]);
    });

    it('we are stricter only where the CLI looks at what is stored and not at what it is good for', () => {
      const ids = answers
        .filter(({ report, loggedIn }) => report.status === 'fail' && loggedIn)
        .flatMap(({ report }) =>
          report.findings.filter(({ status }) => status === 'fail').map(({ id }) => id),
        );
      expect([...new Set(ids)].toSorted()).toEqual(
        // The shape: the CLI takes a number for a token, which no server will.
        [
          'credentials.permissions',
          'credentials.shape',
          'directory.permissions',
          'token.expiry',
          'token.login',
        ],
      );
    });
  },
);

/** Whether the CLI says that somebody is logged in. It says so in JSON, or ends without a word of it. */
const ask = (cli: string, env: Readonly<Record<string, string>>): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const args = ['--net', 'bash', '-c', 'ip link set lo up && exec "$@"', 'bash', cli, 'auth', 'status'];
    execFile('unshare', args, { env, timeout: 60_000 }, (error, stdout) => {
      if (error?.killed) return reject(error);
      resolve(/"loggedIn":\s*true/.test(stdout));
    });
  });
