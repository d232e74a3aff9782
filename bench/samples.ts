import type { Samples } from './row.ts';

export const quantile = (samples: Samples, part: number): number => {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * part)] ?? Number.NaN;
};

export const median = (samples: Samples): number => quantile(samples, 0.5);

/**
 * Takes a sample of each in turns, so that whatever else the machine does meanwhile meets all of them alike. The first
 * round warms caches and does not count.
 */
export const inTurns = async <Name extends string>(
  rounds: number,
  takes: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Readonly<Record<Name, number[]>>> => {
  const names = Object.keys(takes) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const sample = await takes[name]();
      if (round > 0) samples[name].push(sample);
    }
  }
  return samples;
};

/** Milliseconds that `work` takes. */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};
