/** The two streams of a container without a terminal. */
export interface SplitOutput {
  readonly stdout: string;
  readonly stderr: string;
}

const headerSize = 8;
const stderrStream = 2;

/**
 * Takes apart the engine's multiplexed stream, in which a header of 8 bytes (stream, 0, 0, 0, length) goes before each
 * piece (source: Docker Engine API, "Attach to a container", stream format). Keeps at most `limit` bytes of each.
 */
export const splitLogFrames = async (frames: AsyncIterable<Buffer>, limit: number): Promise<SplitOutput> => {
  const kept = { stdout: new BoundedBytes(limit), stderr: new BoundedBytes(limit) };
  let header = Buffer.alloc(0);
  let left = 0;
  for await (const chunk of frames) {
    let rest = chunk;
    while (rest.length > 0) {
      if (left === 0) {
        const part = rest.subarray(0, headerSize - header.length);
        header = Buffer.concat([header, part]);
        rest = rest.subarray(part.length);
        if (header.length === headerSize) left = header.readUInt32BE(4);
        if (left === 0 && header.length === headerSize) header = Buffer.alloc(0);
        continue;
      }
      const part = rest.subarray(0, left);
      (header[0] === stderrStream ? kept.stderr : kept.stdout).add(part);
      left -= part.length;
      rest = rest.subarray(part.length);
      if (left === 0) header = Buffer.alloc(0);
    }
  }
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
