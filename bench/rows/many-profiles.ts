import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTerminal, wholeProcess } from '../processes.ts';
import type { Row } from '../row.ts';
import { inTurns, median } from '../samples.ts';

const many = 1000;

/**
 * Runs in the program under test: writes for how many milliseconds its event loop was ever held up, and the most processor
 * time that it took between two beats of 5 ms, which is what a busy machine leaves comparable.
 */
const loopWatch = (file: string): string => `
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { writeFileSync } from 'node:fs';
const delay = monitorEventLoopDelay({ resolution: 5 });
// Loading the program holds it up once; what counts is the life on the screen after that.
setTimeout(() => {
  delay.enable();
  let [used, most] = [process.threadCpuUsage(), 0];
  setInterval(() => {
    const { user, system } = process.threadCpuUsage(used);
    used = process.threadCpuUsage();
    most = Math.max(most, (user + system) / 1000);
  }, 5).unref();
  const write = () => writeFileSync(${JSON.stringify(file)}, JSON.stringify([delay.max / 1e6, most]));
  setInterval(write, 250).unref();
}, 1500).unref();
`;

export const manyProfilesRows: readonly Row[] = [
  {
    name: 'check-all',
    what: `each of ${many} profiles in \`check --all --json\`, beyond start-up`,
    against: '',
    unit: 'ms',
    comparison: 'itself',
    limit: 1,
    async measure({ program, home, rounds }) {
      const [one, half, all] = [await home(1), await home(many / 2), await home(many)];
      const check = (env: Awaited<ReturnType<typeof home>>) => () =>
        wholeProcess([...program, 'check', '--all', '--json'], env);
      const samples = await inTurns(rounds, { one: check(one), half: check(half), all: check(all) });
      const each = (total: readonly number[], count: number) =>
        total.map((time, round) => (time - (samples.one[round] ?? 0)) / (count - 1));
      const ofHalf = each(samples.half, many / 2);
      const middle = ofHalf.toSorted((a, b) => a - b)[Math.floor(ofHalf.length / 2)] ?? 0;
      return {
        ours: each(samples.all, many),
        note: `${middle.toFixed(2)} ms each for ${many / 2}, so linear`,
      };
    },
  },
  {
    name: 'dashboard',
    what: `longest hold-up of the event loop, dashboard with ${many} profiles, keys pressed`,
    against: '',
    unit: 'ms',
    comparison: 'itself',
    limit: 50,
    reason:
      'with more processes than cores it is the wait for a core; the processor time beside it is what the dashboard takes',
    async measure({ program, home, folder, rounds }) {
      const [node = '', script = ''] = program;
      const env = await home(many);
      const place = await folder('loop');
      const most: number[] = [];
      const take = async () => {
        const file = join(place, 'delay');
        const watch = join(place, 'watch.mjs');
        await writeFile(watch, loopWatch(file));
        await writeFile(file, '');
        const dashboard = onTerminal([node, '--import', watch, script], env);
        try {
          await dashboard.waitFor('p1');
          const until = performance.now() + 6000;
          while (performance.now() < until) {
            dashboard.type('\u001B[B');
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
          const [held, used]: readonly [number, number] = JSON.parse(await readFile(file, 'utf8'));
          most.push(used);
          return held;
        } finally {
          await dashboard.end();
        }
      };
      const ours = (await inTurns(Math.min(rounds, 5), { take })).take;
      return { ours, note: `${median(most).toFixed(0)} ms of processor time at the most` };
    },
  },
];
