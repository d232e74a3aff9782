const headerSize = 8;
const stderrStream = 2;

/**
 * Takes apart the engine's multiplexed stream, in which a header of 8 bytes (stream, 0, 0, 0, length) goes before each
 * piece (source: Docker Engine API, "Attach to a container", stream format). Pieces may be cut anywhere.
 */
export const createFrames = (
  onPiece: (stream: 'stdout' | 'stderr', piece: Buffer) => void,
): ((chunk: Buffer) => void) => {
  let header = Buffer.alloc(0);
  let left = 0;
  return (chunk) => {
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
      onPiece(header[0] === stderrStream ? 'stderr' : 'stdout', part);
      left -= part.length;
      rest = rest.subarray(part.length);
      if (left === 0) header = Buffer.alloc(0);
    }
  };
};
