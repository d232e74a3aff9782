import { describe, expect, it } from 'vitest';
import type { Command, CommandEntry } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { createFakeWorld } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

const loaded = await Promise.all(commands.map(async (entry) => ({ entry, command: await entry.load() })));

/** A command line as words: quotes taken off, up to a pipe or a redirection. */
const wordsOf = (line: string): readonly string[] => {
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );
  const end = words.findIndex((word) => /^(?:[|>]|2>|&&|;)/.test(word));
  return end < 0 ? words : words.slice(0, end);
};

/** The part of an example that calls us, such as the inside of `source <(…)`. */
const callOf = (line: string): readonly string[] => {
  const words = wordsOf(/<\(([^)]*)\)/.exec(line)?.[1] ?? line);
  return words.slice(words.indexOf('claude-setup') + 1);
};

describe.each(loaded.map(({ entry, command }) => [entry.words, command] as const))('%s', (words, command) => {
  it('has a help with its options and examples', async () => {
    const { status, stdout } = await runCli(createFakeWorld().ports, [...words.split(' '), '--help']);
    expect(status).toBe(0);
    expect(command.examples.length).toBeGreaterThan(0);
    for (const example of command.examples) expect(stdout).toContain(`  ${example}\n`);
    for (const { flags } of command.options) expect(stdout).toContain(flags);
  });

  it('parses its examples', async () => {
    for (const example of command.examples) {
      const called: Command[] = [];
      const deaf = commands.map(
        (one): CommandEntry => ({
          ...one,
          load: async () => {
            const real = await one.load();
            const run = async () => {
              called.push(real);
              return 0 as const;
            };
            return { ...real, run };
          },
        }),
      );
      const call = callOf(example);
      const { status, stderr } = await runCli(createFakeWorld().ports, call, { commands: deaf });
      expect({ example, status, stderr, called }).toEqual({
        example,
        status: 0,
        stderr: '',
        called: [command],
      });
    }
  });
});

describe('what was probably meant', () => {
  it.each([
    [['logn'], "unknown command 'logn' (Did you mean login?)"],
    [['chek', 'dev'], "unknown command 'chek' (Did you mean check?)"],
    [['profile', 'lst'], "unknown command 'lst' (Did you mean list?)"],
    [['login', '--runtme', 'docker'], "unknown option '--runtme' (Did you mean --runtime?)"],
    [['login', '--runtime', 'dockr'], 'Allowed choices are docker, sandbox'],
    [['quux'], "unknown command 'quux'"],
  ])('is said for %j', async (argv, said) => {
    const { status, stderr } = await runCli(createFakeWorld().ports, argv);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^claude-setup: .*[^.]\. Fix: see claude-setup --help\n$/);
    expect(stderr).toContain(`${said}. Fix`);
  });

  it('is said for a profile', async () => {
    const world = createFakeWorld();
    for (const name of ['dev', 'staging']) world.addProfile(name);
    const { status, stderr } = await runCli(world.ports, ['check', 'stagign']);
    expect(status).toBe(3);
    expect(stderr).toContain('Fix: did you mean staging?');
    expect((await runCli(world.ports, ['check', 'quux'])).stderr).not.toContain('did you mean');
  });
});

it('the help of the program lists what is for people', async () => {
  const { status, stdout } = await runCli(createFakeWorld().ports, ['--help']);
  expect(status).toBe(0);
  expect(stdout).toContain('Usage: claude-setup [options] [command]');
  for (const { words, summary, hidden } of commands) {
    if (words.includes(' ')) continue;
    const [start = ''] = summary.split(' ');
    expect(new RegExp(`^  ${words}\\b.*${start}`, 'm').test(stdout), words).toBe(!hidden);
  }
});
