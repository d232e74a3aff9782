import { engineWithBase } from '../engine.ts';
import { wholeProcess } from '../processes.ts';
import { NotHere, type Row } from '../row.ts';
import { inTurns } from '../samples.ts';

export const imageRows: readonly Row[] = [
  {
    name: 'image-again',
    what: '`build` with nothing changed, whole process',
    against: '',
    unit: 'ms',
    comparison: 'itself',
    limit: 1000,
    async measure({ program, home, rounds }) {
      await engineWithBase();
      const env: Record<string, string> = { ...(await home(1)) };
      // The first engine of this machine, not the missing one of the other rows.
      delete env.DOCKER_HOST;
      if (process.env.DOCKER_HOST) env.DOCKER_HOST = process.env.DOCKER_HOST;
      const build = () => wholeProcess([...program, 'build', '--json'], env);
      const settings = process.env.CLAUDE_SETUP_BENCH_BUILD?.split(' ') ?? [];
      const first = await wholeProcess([...program, 'build', '--json', ...settings], env).catch(() => null);
      if (first === null || first < 1) throw new NotHere('the image could not be built');
      const again = (await inTurns(rounds, { build })).build;
      return { ours: again, note: `the first build took ${Math.round(first / 1000)} s` };
    },
  },
];
