import type { Readable } from 'node:stream';

/** A tar archive on its way from where a session ran. */
export interface TarStream extends Readable {
  /**
   * Takes the memory of a chunk back that was read and is not looked at any more, to use it again. Not to call it costs
   * nothing but memory.
   */
  giveBack?(chunk: Uint8Array): void;
}
