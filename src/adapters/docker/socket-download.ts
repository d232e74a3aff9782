import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { EngineLost, NotAnEngine } from './engine-errors.ts';
import { createHttpBody, type HttpBody } from './http-body.ts';

/** An answer whose body is read through memory that is used again. */
export interface SocketAnswer {
  readonly status: number;
  readonly body: SocketBody;
}

/** Bytes; what the system is asked for at once. */
const receiveSize = 64 * 1024;

/** Bytes; fewer, larger chunks cost less on their way to the disk. */
const chunkSize = 256 * 1024;

/** Bytes; no engine sends longer headers. */
const longestHead = 32 * 1024;

/** Chunks that may wait to be read, so that neither the engine nor the disk waits for the other at every turn. */
const waitingChunks = 8;

/**
 * A body that arrives in one buffer, for ever the same, and leaves in chunks that come back through `giveBack`. Node's
 * own HTTP client makes 64 KB for every read, which a gigabyte turns into more garbage than the collector keeps up with.
 */
export class SocketBody extends Readable {
  readonly #socket: Socket;
  readonly #spare: Buffer[] = [];
  #chunk: Buffer = Buffer.allocUnsafeSlow(chunkSize);
  #filled = 0;

  constructor(socket: Socket) {
    // As objects, so that whoever reads gets the chunks and not a copy of all that wait.
    super({ objectMode: true, highWaterMark: waitingChunks });
    this.#socket = socket;
  }

  /** Bytes that have come over the connection so far. */
  get received(): number {
    return this.#socket.bytesRead;
  }

  /** Of a chunk that was read and is not looked at any more. */
  giveBack(chunk: Uint8Array): void {
    if (this.#spare.length < waitingChunks && chunk.buffer.byteLength === chunkSize) {
      this.#spare.push(Buffer.from(chunk.buffer));
    }
  }

  /** Copies bytes in. False when enough is waiting to be read. */
  add(bytes: Uint8Array): boolean {
    let wanted = true;
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + chunkSize - this.#filled);
      this.#chunk.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled === chunkSize) wanted = this.#pass();
    }
    return wanted;
  }

  finish(): void {
    if (this.#filled > 0) this.#pass();
    this.push(null);
    this.#socket.destroy();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #pass(): boolean {
    const chunk = this.#chunk.subarray(0, this.#filled);
    this.#chunk = this.#spare.pop() ?? Buffer.allocUnsafeSlow(chunkSize);
    this.#filled = 0;
    return this.push(chunk);
  }
}

/** Asks an engine on a socket of this machine. Rejects when no answer begins; a body that is cut ends with an error. */
export const askSocket = (socketPath: string, target: string, signal: AbortSignal): Promise<SocketAnswer> => {
  const { promise, resolve, reject } = Promise.withResolvers<SocketAnswer>();
  let head = Buffer.alloc(0);
  let framed: HttpBody | null = null;

  const begin = (bytes: Uint8Array): Uint8Array => {
    head = Buffer.concat([head, bytes]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1 && head.length > longestHead) throw new NotAnEngine('the headers do not end');
    if (end === -1) return new Uint8Array(0);
    const { status, framing } = readHead(head.toString('latin1', 0, end));
    framed = createHttpBody(framing);
    resolve({ status, body });
    return head.subarray(end + 4);
  };

  const receive = (bytes: Uint8Array): boolean => {
    let wanted = true;
    try {
      const rest = framed === null ? begin(bytes) : bytes;
      framed?.feed(rest, (piece) => {
        if (!body.add(piece)) wanted = false;
      });
      if (framed?.isComplete) body.finish();
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
    return wanted;
  };

  const socket = connect({
    path: socketPath,
    onread: {
      buffer: Buffer.allocUnsafeSlow(receiveSize),
      callback: (length, buffer) => receive(buffer.subarray(0, length)),
    },
  });
  const body = new SocketBody(socket);
  // Whoever asked hears of it from the promise, and may not be reading yet.
  body.on('error', reject);
  const abort = () => body.destroy(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  body.once('close', () => signal.removeEventListener('abort', abort));
  socket.once('error', (error) => body.destroy(error));
  socket.once('end', () => {
    try {
      if (framed === null) throw new EngineLost('the connection was cut');
      framed.end();
      if (!framed.isComplete) body.finish();
    } catch (error) {
      body.destroy(error as Error);
    }
  });
  socket.write(`GET ${target} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n`);
  return promise;
};

const readHead = (text: string) => {
  const [first = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})\b/.exec(first)?.[1];
  if (status === undefined) throw new NotAnEngine('the answer is not HTTP');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const length = headers.get('content-length');
  if (length !== undefined && !/^\d{1,15}$/.test(length)) throw new NotAnEngine('the length is no number');
  return {
    status: Number(status),
    framing: {
      chunked: headers.get('transfer-encoding')?.toLowerCase() === 'chunked',
      length: length === undefined ? null : Number(length),
    },
  };
};
