import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckReport } from '../../src/domain/checks/report.ts';
import { directoryCases } from '../fixtures/auth-directories/cases.ts';
import { damagedLogin } from '../support/damaged-logins.ts';
import { realCliFolder } from '../support/real-cli.ts';
import { makeTemporary } from '../support/temporary.ts';
import { product } from './product.ts';

const reason = process.getuid?.() === 0 ? null : 'a network of its own needs root';

/** More with CLAUDE_SETUP_TEST_ORACLE_RUNS; each takes the CLI about half a second. */
const damagedRuns = Number(process.env.CLAUDE_SETUP_TEST_ORACLE_RUNS ?? 15);

/** Another user of this machine, who need not have a name. */
const person = 1234;

interface Question {
  readonly name: string;
  readonly make: (directory: string) => void;
  /** Why we fail what the CLI takes. */
  readonly stricter?: string;
  /** Asked as this user, to whom the directory is given. */
  readonly uid?: number;
}

interface Answer extends Question {
  readonly report: CheckReport;
  readonly loggedIn: boolean;
}

// The real CLI is the oracle: `pass` or `warn` from us where it says that nobody is logged in would be a lie.
describe.skipIf(reason !== null)(
  `the checks and the real CLI (${reason ?? 'claude auth status, no network'})`,
  () => {
    let cli: string;
    const table: string[] = [];

    beforeAll(async () => {
      cli = join(await realCliFolder(), 'claude');
    }, 600_000);

    afterAll(() => console.info(`${table.join('\n')}\n`));

    /** Asks both about each directory, a few at a time; first us, since the CLI writes into it. */
    const askBoth = async (questions: readonly Question[]): Promise<readonly Answer[]> => {
      const waiting = [...questions];
      const answers: Answer[] = [];
      const work = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
          answers.push(await askAbout(cli, next));
      };
      await Promise.all([work(), work(), work()]);
      return answers;
    };

    /** Both must agree, but for the cases that say why we are stricter; those must be stricter. */
    const expectAgreement = (title: string, answers: readonly Answer[]): void => {
      const alike = ({ report, loggedIn }: Answer): boolean => (report.status !== 'fail') === loggedIn;
      table.push(
        `${title}: ${answers.length} cases, ${answers.filter(alike).length} alike`,
        ...answers
          .filter((answer) => !alike(answer))
          .map((answer) => `  not alike: ${line(answer)} (${answer.stricter ?? 'WRONG'})`),
      );
      expect(answers.filter((answer) => !alike(answer) && answer.stricter === undefined).map(line)).toEqual(
        [],
      );
      expect(answers.filter((answer) => alike(answer) && answer.stricter !== undefined).map(line)).toEqual(
        [],
      );
      expect(
        answers.filter(({ report, loggedIn }) => report.status !== 'fail' && !loggedIn).map(line),
      ).toEqual([]);
    };

    it('agree on every directory', async () => {
      const cases = directoryCases.filter(({ oracle }) => oracle !== false);
      expectAgreement('directories', await askBoth(cases));
    }, 600_000);

    it('agree on what another user may not', async () => {
      expectAgreement('as another user', await askBoth(closed));
    }, 600_000);

    it(`agree on ${damagedRuns} damaged logins`, async () => {
      const seed = Math.floor(Math.random() * 2 ** 31);
      const questions = fc.sample(damagedLogin, { numRuns: damagedRuns, seed }).map(
        (content, index): Question => ({
          name: `seed ${seed}, number ${index}`,
          make: (at) => {
            writeFileSync(join(at, '.credentials.json'), content, { mode: 0o600 });
            writeFileSync(join(at, '.claude.json'), '{}', { mode: 0o600 });
          },
        }),
      );
      const answers = await askBoth(questions);
      expectAgreement(
        'damaged',
        answers.map((answer) => ({ ...answer, ...whyStricter(answer) })),
      );
    }, 600_000);
  },
);

const line = ({ name, report, loggedIn }: Answer): string => {
  const failed = report.findings.filter(({ status }) => status === 'fail').map(({ id }) => id);
  return `${name}: CLI ${loggedIn}, we ${report.status} ${failed.join(' ')}`;
};

/** Damage at random can't say beforehand where we are stricter; only these checks may be. */
const whyStricter = ({ report, loggedIn }: Answer): { readonly stricter?: string } => {
  const failed = report.findings.find(({ status }) => status === 'fail');
  if (!loggedIn || failed === undefined) return {};
  const may =
    ['token.expiry', 'token.login'].includes(failed.id) ||
    failed.summary.includes('accessToken is missing or not');
  return may ? { stricter: failed.summary } : {};
};

const good = directoryCases.find(({ name }) => name === 'the newest shape');

/** A good login of the person's, with something closed to them. */
const withClosed = (
  name: string,
  close: (directory: string, path: (name: string) => string) => void,
): Question => ({
  name,
  uid: person,
  make: (at) => {
    good?.make(at);
    for (const path of [at, ...readdirSync(at).map((entry) => join(at, entry))])
      chownSync(path, person, person);
    close(at, (entry) => join(at, entry));
  },
});

const closed: readonly Question[] = [
  withClosed('all of it theirs', () => undefined),
  withClosed('a file without rights', (_at, path) => chmodSync(path('.credentials.json'), 0)),
  withClosed('a file that can only be read', (_at, path) => chmodSync(path('.credentials.json'), 0o400)),
  withClosed('a file that can only be written', (_at, path) => chmodSync(path('.credentials.json'), 0o200)),
  withClosed("root's file", (_at, path) => chownSync(path('.credentials.json'), 0, 0)),
  withClosed("root's file that all can read", (_at, path) => {
    chownSync(path('.credentials.json'), 0, 0);
    chmodSync(path('.credentials.json'), 0o644);
  }),
  withClosed('a directory without rights', (at) => chmodSync(at, 0)),
  withClosed('a directory that can only be read', (at) => chmodSync(at, 0o400)),
  withClosed('a directory that can only be gone through', (at) => chmodSync(at, 0o100)),
  withClosed('a directory that can not be written', (at) => chmodSync(at, 0o500)),
  withClosed("root's directory", (at) => chownSync(at, 0, 0)),
  withClosed("root's directory that all can read", (at) => {
    chownSync(at, 0, 0);
    chmodSync(at, 0o755);
  }),
  withClosed('a state file without rights', (_at, path) => chmodSync(path('.claude.json'), 0)),
  withClosed("root's state file", (_at, path) => chownSync(path('.claude.json'), 0, 0)),
  withClosed('settings without rights', (_at, path) => {
    writeFileSync(path('settings.json'), '{"env":{"CLAUDE_CODE_SIMPLE":"1"}}', { mode: 0 });
  }),
];

const askAbout = async (cli: string, question: Question): Promise<Answer> => {
  const { root, authDir, home, setupHome, env, remove } = await makeTemporary();
  mkdirSync(authDir);
  mkdirSync(setupHome);
  chmodSync(authDir, 0o700);
  question.make(authDir);
  const { uid } = question;
  if (uid !== undefined) {
    chmodSync(root, 0o755);
    for (const folder of [home, setupHome]) chownSync(folder, uid, uid);
  }
  const become =
    uid === undefined ? [] : ['setpriv', '--reuid', `${uid}`, '--regid', `${uid}`, '--clear-groups', '--'];
  const said = await output([...become, ...product, 'check', '--dir', authDir, '--json'], env);
  const status = await output(
    ['unshare', '--net', ...become, cli, 'auth', 'status'],
    { ...env, CLAUDE_CONFIG_DIR: authDir },
    { cwd: home },
  );
  await remove();
  // It answers in JSON, or ends without a word of it.
  return {
    ...question,
    report: JSON.parse(said) as CheckReport,
    loggedIn: /"loggedIn":\s*true/.test(status),
  };
};

const output = (
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  options: { readonly cwd?: string } = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(program, args, { env, timeout: 60_000, ...options }, (error, stdout) =>
      error?.killed ? reject(error) : resolve(stdout),
    );
  });
