import type { Ports } from './ports.ts';

/** A world to practise in, in a temporary folder: only the files in it are real. */
export interface Practice {
  /** A machine on which nobody has signed in yet. */
  readonly fresh: Ports;
  /** A machine with several profiles, in different health. */
  readonly livedIn: Ports;
  /** Removes everything. */
  close(): Promise<void>;
}
