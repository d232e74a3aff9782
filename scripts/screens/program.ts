// The demo as pictures of it are taken: the same screens on other ports. Their clock goes on only by what the played
// outside takes, at once, so that every picture comes out the same. With PICTURES_HOLD the outside stands still from the
// so many-th moment of that kind on: `build:9`.
import { systemClock } from '../../src/adapters/host/clock.ts';
import { practiceStart } from '../../src/cli/demo.ts';
import { openPractice } from '../../src/open-practice.ts';
import { runTui } from '../../src/tui/run-tui.tsx';

const { env, stdin, stdout, stderr } = process;
const [held = '', from = '0'] = (env.PICTURES_HOLD ?? '').split(':');
let now = Date.UTC(2026, 10, 24, 10);
let count = 0;

const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => ending.abort());

const practice = await openPractice({
  env,
  clock: { now: () => now, wait: systemClock.wait },
  pace: async (of, milliseconds, signal) => {
    if (of === held) count += 1;
    if (of === held && count >= Number(from)) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    }
    now += milliseconds;
  },
});
try {
  const [screen = null, ...watched] = process.argv.slice(2);
  const start = practiceStart(practice, screen, watched);
  await runTui({ ports: practice.fresh, start, stdin, stdout, stderr, env, signal: ending.signal });
} finally {
  await practice.close();
}
