import { createFrames } from './frames.ts';

/** The two streams of a container without a terminal. */
export interface SplitOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** The engine's multiplexed stream as two texts. Keeps at most `limit` bytes of each. */
export const splitLogFrames = async (frames: AsyncIterable<Buffer>, limit: number): Promise<SplitOutput> => {
  const kept = { stdout: new BoundedBytes(limit), stderr: new BoundedBytes(limit) };
  const take = createFrames((stream, piece) => kept[stream].add(piece));
  for await (const chunk of frames) take(chunk);
  return { stdout: kept.stdout.text(), stderr: kept.stderr.text() };
};

class BoundedBytes {
  readonly #chunks: Buffer[] = [];
  #room: number;

  constructor(limit: number) {
    this.#room = limit;
  }

  add(chunk: Buffer): void {
    const part = chunk.subarray(0, this.#room);
    if (part.length > 0) this.#chunks.push(part);
    this.#room -= part.length;
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}
