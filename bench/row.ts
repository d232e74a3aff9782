import type { World } from './world.ts';

/** Numbers of one thing, in the order they were taken. */
export type Samples = readonly number[];

/** How what was measured is held against its bound. */
export type Comparison =
  /** Median over median of the reference. */
  | 'ratio'
  /** Median minus median of the reference. */
  | 'difference'
  /** The median itself. */
  | 'itself';

export interface Measured {
  readonly ours: Samples;
  /** Taken in the same run, in turns with ours. */
  readonly reference?: Samples;
  /** What is worth knowing beside the numbers. */
  readonly note?: string;
}

/** One line of the table. */
export interface Row {
  readonly name: string;
  readonly what: string;
  /** What it is held against; empty for nothing. */
  readonly against: string;
  readonly unit: 'ms' | 'MB' | '%' | 'layers';
  readonly comparison: Comparison;
  /** The largest value that is fine; null for a row that only informs. */
  readonly limit: number | null;
  /** Why it misses its bound, for when it does. */
  readonly reason?: string;
  /** Throws `NotHere` where this machine lacks what it takes. */
  readonly measure: (world: World) => Promise<Measured>;
}

/** The machine lacks what a row takes; its message says what. */
export class NotHere extends Error {}
