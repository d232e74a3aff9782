import { firstFrame, startedBefore, wholeProcess } from '../processes.ts';
import type { Row } from '../row.ts';
import { inTurns } from '../samples.ts';
import type { World } from '../world.ts';

const nodeAlone = [process.execPath, '-e', '0'];

const againstNode = async ({ program, home, rounds }: World, args: readonly string[]) => {
  const env = await home(1);
  const { ours, reference } = await inTurns(rounds * 3, {
    ours: () => wholeProcess([...program, ...args], env),
    reference: () => wholeProcess(nodeAlone, env),
  });
  return { ours, reference };
};

export const startRows: readonly Row[] = [
  {
    name: 'check',
    what: '`check --json`, one profile, whole process',
    against: '`node -e 0`',
    unit: 'ms',
    comparison: 'ratio',
    limit: 2,
    reason:
      'of what it takes beyond Node, a third is reading and linking 150 KB of code, a sixth parsing the command line, the rest the checks and the files',
    measure: (world) => againstNode(world, ['check', '--json']),
  },
  {
    name: 'version',
    what: '`--version`, whole process',
    against: '`node -e 0`',
    unit: 'ms',
    comparison: 'ratio',
    limit: 1.5,
    measure: (world) => againstNode(world, ['--version']),
  },
  {
    name: 'first-frame',
    what: 'first frame on a terminal, on first use',
    against: 'the smallest Ink program, bundled the same way',
    unit: 'ms',
    comparison: 'ratio',
    limit: 1.3,
    reason:
      'the smallest program draws one word; ours has a command line, settings and a whole screen of 40 components before its first picture',
    async measure({ program, smallestInk, home, rounds }) {
      const env = await home(0);
      await startedBefore(program, env, 'Engine');
      await startedBefore(smallestInk, env, 'ready');
      const { ours, reference } = await inTurns(rounds * 2, {
        ours: () => firstFrame(program, env, 'Engine'),
        reference: () => firstFrame(smallestInk, env, 'ready'),
      });
      return { ours, reference };
    },
  },
];
