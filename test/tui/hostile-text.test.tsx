import { expect, it } from 'vitest';
import type { Start } from '../../src/tui/app.tsx';
import { hostilePorts } from '../support/hostile-ports.ts';
import { hostileText, unprintable } from '../support/hostile-text.ts';
import { createHostileWorld } from '../support/hostile-world.ts';
import { reportTrials, stride } from '../support/soak.ts';
import { randomKeys, starts } from './every-screen.ts';
import { openApp } from './open-app.tsx';

/** Colours of ours; what hides text is none. */
const colour = /\u001b\[(?:(?!8[;m])\d{1,3}[;m])+/g;

/** Opens a screen of a hostile world and types while one of the ports' calls fails with hostile text. */
const wander = async (start: Start, at: string | null, seed: number, count: number) => {
  const world = createHostileWorld();
  for (const runtime of [world.runtime, world.sandbox]) runtime.plays((job) => job.end());
  const called = new Set<string>();
  const ports = hostilePorts(world.ports, { at, how: 'fails', secret: hostileText }, called);
  const app = openApp({ ...world, ports }, { start, columns: 100, rows: 30 });
  for (const key of randomKeys(seed, count)) {
    await app.type(key);
    world.clock.advance(300);
  }
  const frames = new Set(app.written);
  for (const frame of frames) {
    const obeyed = frame
      .split('\n')
      .filter(
        (line) => unprintable.test(line.replaceAll(colour, '')) || line.startsWith('claude-setup: forged'),
      );
    expect(obeyed, `${start.screen} where ${at} fails, keys ${seed}`).toEqual([]);
  }
  app.end();
  return { called, frames };
};

it.each(Object.entries(starts))(
  'nothing that a terminal would obey is on the screen: %s',
  async (name, start) => {
    const called = new Set<string>();
    const frames: string[] = [];
    for (let seed = 1; seed <= 6 / stride(3); seed += 1) {
      const seen = await wander(start, null, seed, 40);
      for (const call of seen.called) called.add(call);
      frames.push(...seen.frames);
    }
    const wrong = [...called].toSorted().filter((_, index) => index % stride(4) === 0);
    for (const at of wrong) frames.push(...(await wander(start, at, 1, 20)).frames);
    // Else nobody has tried to do harm.
    expect(frames.join('')).toContain('<clear>');
    reportTrials(
      `hostile text, ${name}: ${frames.length} frames, ${wrong.length} of the ports' calls failed with it`,
    );
  },
  120_000,
);
