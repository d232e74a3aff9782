import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { type CommandCall, everyCommand } from '../support/every-command.ts';
import { hostilePorts } from '../support/hostile-ports.ts';
import { hostileText, unprintable } from '../support/hostile-text.ts';
import { createHostileWorld } from '../support/hostile-world.ts';
import { reportTrials } from '../support/soak.ts';
import { home } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

const { authDir, loginDir } = createHostileWorld();
const calls = everyCommand({ root: home, authDir, loginDir, secret: hostileText });

/** Runs a call in a hostile world where one of the ports' calls fails with hostile text; what it called and printed. */
const trial = async ({ argv, words }: CommandCall, at: string | null) => {
  const world = createHostileWorld();
  for (const runtime of [world.runtime, world.sandbox]) runtime.plays((job) => job.end());
  const called = new Set<string>();
  const ports = hostilePorts(world.ports, { at, how: 'fails', secret: hostileText }, called);
  // What waits for a clock or a program that stands still is ended.
  const limit = AbortSignal.timeout(500);
  const ended = new Promise<null>((resolve) => limit.addEventListener('abort', () => resolve(null)));
  const run = await Promise.race([runCli(ports, argv, { input: '', signal: limit }), ended]);
  // What the person's own command prints is handed on as it is.
  const printed = run === null || words === 'run' ? '' : run.stdout;
  return { called, lines: `${printed}\n${run?.stderr ?? ''}`.split('\n') };
};

describe('nothing that a terminal would obey is printed, whatever is said to us', () => {
  it.each(commands.map(({ words }) => words))(
    '%s',
    async (words) => {
      let trials = 0;
      for (const call of calls.filter((one) => one.words === words)) {
        const whole = await trial(call, null);
        for (const at of [null, ...whole.called]) {
          const { lines } = at === null ? whole : await trial(call, at);
          const where = `${call.argv[0]} ${stripVTControlCharacters(call.argv.slice(1).join(' '))} where ${at} fails`;
          expect(
            lines.filter((line) => unprintable.test(line) || /^claude-setup: forged/.test(line)),
            where,
          ).toEqual([]);
          trials += 1;
        }
      }
      expect(trials).toBeGreaterThan(0);
      reportTrials(`hostile text, ${words}: ${trials} runs`);
    },
    60_000,
  );
});
