import { expect, it } from 'vitest';
import { callsIn } from './shell-calls.ts';

const wordsOf = (text: string) => callsIn(text).map(({ words }) => words);

it.each([
  ['claude-setup check dev # and so on', [['check', 'dev']]],
  ['claude-setup watch --once \\\n  --json', [['watch', '--once', '--json']]],
  ['claude-setup use dev && claude-setup check; docker ps', [['use', 'dev'], ['check']]],
  [
    'claude-setup export dev --format env > dev.env 2>&1 || cat dev.env',
    [['export', 'dev', '--format', 'env']],
  ],
  ['source <(claude-setup completions bash)', [['completions', 'bash']]],
  [`claude-setup run -- claude -p "say 'hello'"`, [['run', '--', 'claude', '-p', "say 'hello'"]]],
  ['npx --package ./x.tgz claude-setup --version', [['--version']]],
  ['node bin/claude-setup.js', [[]]],
  ['docker build -t claude-setup docker', []],
  ['npm pack', []],
] as const)('finds the calls in %s', (text, calls) => {
  expect(wordsOf(text)).toEqual(calls);
});

it('finds what is called from inside of a word, and how', () => {
  const text = `FILE=/run/key sudo claude-setup watch --on-change 'claude-setup refresh dev | tee x'`;
  const inner = 'claude-setup refresh dev | tee x';
  expect(callsIn(text)).toEqual([
    { words: ['watch', '--on-change', inner], env: { FILE: '/run/key' }, asRoot: true, nested: false },
    { words: ['refresh', 'dev'], env: {}, asRoot: false, nested: true },
  ]);
});
