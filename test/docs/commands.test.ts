import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { manPage } from '../../scripts/man-page.ts';
import type { Command, CommandEntry } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { runCli } from '../cli/run-cli.ts';
import { isCompose } from '../support/compose-spec.ts';
import { createFakeWorld } from '../tui/fake-world.ts';
import { inlineCode, readPages, repository } from './pages.ts';
import { callsIn } from './shell-calls.ts';

const pages = await readPages();
const table = await Promise.all(commands.map(async (entry) => ({ entry, command: await entry.load() })));
const names = new Set(commands.map(({ words }) => words));
const longNames = ({ options }: Command) => options.map(({ flags }) => /--[\w-]+/.exec(flags)?.[0] ?? flags);

/** The real table of commands, in which nothing is done. */
const deaf = commands.map(
  (one): CommandEntry => ({ ...one, load: async () => ({ ...(await one.load()), run: async () => 0 }) }),
);

/** What stands in the docs for something that the reader puts in. */
const placeholders: Readonly<Record<string, string>> = { COMMAND: 'check', FORMAT: 'compose', SHELL: 'bash' };
const filledIn = (word: string): string => {
  const plain = word.replaceAll(/[[\]…]/g, '');
  return placeholders[plain] ?? plain;
};

const parsed = async (words: readonly string[]) => {
  const { status, stderr } = await runCli(createFakeWorld().ports, words.map(filledIn), { commands: deaf });
  return { words: words.join(' '), status, stderr };
};

describe.each(pages)('$path', ({ blocks, inline }) => {
  const calls = [
    ...blocks.flatMap(({ language, text }) => {
      if (language === 'crontab') return callsIn(text.replaceAll(/^(?:[\d*/,-]+ ){5}/gm, ''));
      return ['sh', 'bash', 'console'].includes(language) ? callsIn(text) : [];
    }),
    // The name of a command alone is just that.
    ...inline.flatMap((code) => callsIn(code)).filter(({ words }) => !names.has(words.join(' '))),
  ];

  it('has no command that does not parse', async () => {
    for (const { words } of calls)
      expect(await parsed(words)).toEqual({ words: words.join(' '), status: 0, stderr: '' });
  });

  it('has no block that its language does not take', () => {
    for (const { language, text } of blocks) {
      if (language === 'sh') execFileSync('bash', ['-n'], { input: text });
      else if (language === 'yaml')
        expect(isCompose(parse(text)), JSON.stringify(isCompose.errors)).toBe(true);
      else if (language === 'json') expect(JSON.parse(text)).toBeTypeOf('object');
      else expect(['', 'mermaid', 'crontab']).toContain(language);
    }
  });
});

describe('the commands in README.md', () => {
  const rows = pages
    .find(({ path }) => path === 'README.md')
    ?.rows.filter(([first = '']) => /^`claude-setup/.test(first));

  it.each(table.filter(({ entry }) => !entry.hidden && entry.words !== 'profile use'))(
    '$entry.words has a row with all of its options and no others',
    ({ entry, command }) => {
      const row = rows?.find(([first = '']) =>
        new RegExp(`^\`claude-setup ${entry.words}(?: [^a-z]|\`)`).test(first),
      );
      const named = inlineCode(row?.join(' ') ?? '').flatMap((code) => code.match(/(?<!\S)--[\w-]+/g) ?? []);
      const own = longNames(command).filter((name) => !['--json', '--wait'].includes(name));
      expect(named.toSorted()).toEqual(own.toSorted());
    },
  );

  it('are all there are', () => {
    expect(rows).toHaveLength(table.filter(({ entry }) => !entry.hidden).length);
  });
});

describe('options that are named alone', () => {
  const ours = new Set([
    ...table.flatMap(({ command }) => longNames(command)),
    '--help',
    '--version',
    '--debug',
  ]);
  const guides = pages.filter(({ path }) => path === 'README.md' || path.startsWith('docs/guides/'));

  it.each(guides)('are options of ours, in $path', ({ inline }) => {
    for (const code of inline)
      for (const [name] of code.matchAll(/^--[\w-]+/g)) expect(ours, code).toContain(name);
  });
});

it('README.md and the manual page tell of every variable of ours that is read', async () => {
  const source = join(repository, 'src');
  const files = (await readdir(source, { recursive: true })).filter((path) => /\.tsx?$/.test(path));
  const texts = await Promise.all(files.map((path) => readFile(join(source, path), 'utf8')));
  const read = texts.flatMap((text) => text.match(/(?<=\benv\.)CLAUDE_(?:SETUP|HUB)_[A-Z_]+/g) ?? []);
  const told = pages
    .find(({ path }) => path === 'README.md')
    ?.rows.flatMap(([first = '']) => inlineCode(first).map((code) => code.split('=')[0]));
  expect(read).toContain('CLAUDE_SETUP_HOME');
  expect(told).toEqual(expect.arrayContaining([...new Set(read)]));
  const manual = (await manPage('1.2.3')).replaceAll('\\-', '-');
  for (const name of read) expect(manual).toContain(`.B ${name}\n`);
});
