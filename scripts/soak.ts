// Runs every long trial, suite by suite, and writes a table of what was tried and lost: npm run soak [words of suites].
import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

interface Suite {
  readonly name: string;
  readonly project: 'unit' | 'e2e';
  readonly files: readonly string[];
  readonly counts?: Readonly<Record<string, string>>;
}

const runs = { CLAUDE_SETUP_TEST_RUNS: '100000' };
const kills = { CLAUDE_SETUP_TEST_KILLS: '200' };

const suites: readonly Suite[] = [
  { name: 'rules on random input', project: 'unit', files: ['test/domain/'], counts: runs },
  { name: 'hostile archives', project: 'unit', files: ['test/adapters/store/archive'], counts: runs },
  { name: 'hostile sessions', project: 'unit', files: ['test/adapters/pty/', 'test/tui/terminal/'] },
  {
    name: 'a disk that fails, a process that is killed',
    project: 'unit',
    files: [
      'test/adapters/store/faults',
      'test/adapters/store/killed',
      'test/adapters/store/seal',
      'test/adapters/sandbox/killed',
      'test/cli/profile-faults',
    ],
  },
  {
    name: 'many processes at once',
    project: 'unit',
    files: ['test/cli/profile-race', 'test/adapters/store/locks', 'test/adapters/store/processes'],
  },
  { name: 'days of a watch', project: 'unit', files: ['test/usecases/load'] },
  {
    name: 'an engine in trouble',
    project: 'e2e',
    files: ['test/e2e/engine-faults', 'test/e2e/engine-restart'],
  },
  { name: 'load', project: 'e2e', files: ['test/e2e/load'] },
  { name: 'tokens that get out', project: 'e2e', files: ['test/e2e/secrets'] },
  {
    name: 'kills of every command',
    project: 'e2e',
    files: ['many-kills', 'refresh', 'sealed', 'test/e2e/watch'],
    counts: kills,
  },
  {
    name: 'many holders of one login',
    project: 'e2e',
    files: ['many-runs'],
    counts: {
      CLAUDE_SETUP_TEST_RUNS_AT_ONCE: '20',
      CLAUDE_SETUP_TEST_RUNS_IN_CONTAINERS: '10',
      CLAUDE_SETUP_TEST_COPIES: '20',
      CLAUDE_SETUP_TEST_LIFETIMES: '3',
      CLAUDE_SETUP_TEST_LIFETIME: '120',
    },
  },
  { name: 'an issuer in trouble', project: 'e2e', files: ['issuer-trouble'] },
  {
    name: 'the checks against the real CLI',
    project: 'e2e',
    files: ['oracle'],
    counts: { CLAUDE_SETUP_TEST_ORACLE_RUNS: '1000' },
  },
];

/** What vitest's closing lines count, such as `Tests  1 failed | 40 passed | 2 skipped (43)`. */
const count = (text: string, word: string): string =>
  new RegExp(`^\\s*Tests .*?(\\d+) ${word}`, 'm').exec(text)?.[1] ?? '0';

/** Lines of the tests' own that tell how much was tried. */
const trialLines = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => /^trials: (.*)/.exec(line)?.[1] ?? []);

const runSuite = ({ project, files, counts = {} }: Suite): Promise<string> => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const child = spawn('vitest', ['run', '--project', project, ...files], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, CLAUDE_SETUP_SOAK: '1', NO_COLOR: '1', ...counts },
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    process.stderr.write(chunk);
    text += chunk;
  });
  child.once('close', () => resolve(stripVTControlCharacters(text)));
  return promise;
};

const words = process.argv.slice(2);
const chosen = suites.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
const rows: string[] = [];
let failed = false;
for (const suite of chosen) {
  const start = Date.now();
  const text = await runSuite(suite);
  const losses = count(text, 'failed');
  failed ||= losses !== '0' || count(text, 'passed') === '0';
  const trials = trialLines(text).join('; ') || 'in the tests';
  const minutes = ((Date.now() - start) / 60_000).toFixed(1);
  rows.push(
    `| ${suite.name} | ${count(text, 'passed')} | ${count(text, 'skipped')} | ${trials} | ${losses} | ${minutes} min |`,
  );
}
console.log(
  ['| suite | tests | skipped | trials | failed | took |', '|---|---|---|---|---|---|', ...rows].join('\n'),
);
process.exitCode = failed ? 1 : 0;
