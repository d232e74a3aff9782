import { readSync } from 'node:fs';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { fail, ok, type Result } from '../../domain/failure.ts';
import type { Session, SessionEnd, TerminalSize } from '../../ports/session.ts';

export interface PtySessionInput {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly size: TerminalSize;
}

/** A session, and the process behind it. */
export interface PtySession extends Session {
  readonly pid: number;
}

/** Output that is kept while nobody listens; the newest stays. */
const keptBytes = 1024 * 1024;

/** Starts a program on a pseudo-terminal of this host. It gets SIGHUP when this process dies. */
export const openPtySession = async ({
  command,
  args,
  cwd,
  env,
  size,
}: PtySessionInput): Promise<Result<PtySession>> => {
  try {
    const { spawn } = await import('node-pty');
    const terminal = spawn(command, [...args], {
      name: env.TERM,
      cols: size.columns,
      rows: size.rows,
      cwd,
      env: { ...env },
      // Bytes, so that a character that is cut between two chunks stays whole.
      encoding: null,
    });
    const { promise: ended, resolve } = Promise.withResolvers<SessionEnd>();
    const listeners = new Set<(chunk: Uint8Array) => void>();
    const kept = new Kept();
    let over = false;

    const deliver = (chunk: Uint8Array) => {
      if (listeners.size === 0) kept.add(chunk);
      for (const listener of listeners) listener(chunk);
    };

    // The types say string; with no encoding it is a Buffer.
    terminal.onData((data: string | Uint8Array) => {
      deliver(typeof data === 'string' ? Buffer.from(data) : data);
    });
    beforeClosing(terminal, deliver);
    // node-pty tells the end after its socket has closed, so after the last output.
    terminal.onExit(({ exitCode, signal }) => {
      over = true;
      resolve({ exitCode: signal ? 128 + signal : exitCode });
    });

    return ok({
      pid: terminal.pid,
      ended,
      onOutput(listener) {
        for (const chunk of kept.take()) listener(chunk);
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      write(input) {
        // The types say string; what it is given goes to a socket as it is.
        const write = terminal.write.bind(terminal) as (data: string | Uint8Array) => void;
        if (!over) write(input);
      },
      resize({ columns, rows }) {
        try {
          if (!over) terminal.resize(Math.max(columns, 1), Math.max(rows, 1));
        } catch {
          // The terminal closes a moment before the end is known.
        }
      },
      pause: () => terminal.pause(),
      resume: () => terminal.resume(),
      async kill(name) {
        if (over) return;
        try {
          // The program leads a process group of its own, so what it started goes with it.
          process.kill(-terminal.pid, constants.signals[name]);
        } catch {
          // It has just ended.
        }
      },
    });
  } catch (error) {
    return fail(
      'cli.missing',
      `${command} was not started`,
      error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
      'check that it can be run in a terminal',
    );
  }
};

/**
 * Delivers what is left in the terminal when node-pty closes it. Without this the end of the output is lost, up to some
 * 13 KB, in two cases that were measured: Node 22 takes the first short read after the program's end for the end of
 * output, and on every Node a session that is paused is closed unread 200 ms after the program's end.
 */
const beforeClosing = (terminal: object, deliver: (chunk: Uint8Array) => void): void => {
  // Both are there on Linux and macOS, the types leave them out.
  const { _socket: socket, fd } = terminal as { readonly _socket: Socket; readonly fd: number };
  const close = socket.destroy.bind(socket);
  socket.destroy = (error) => {
    socket.destroy = close;
    // Reading hands it to the listeners of the socket.
    while (socket.read() !== null);
    for (const chunk of unread(fd)) deliver(chunk);
    return close(error);
  };
};

/** What the system still holds for a terminal; it does not block. */
function* unread(fd: number): Generator<Uint8Array> {
  for (;;) {
    const buffer = Buffer.alloc(64 * 1024);
    let bytes = 0;
    try {
      bytes = readSync(fd, buffer);
    } catch {
      // EIO: nothing is left. EAGAIN: nothing is left, and another process still has the terminal open.
    }
    if (bytes === 0) return;
    yield buffer.subarray(0, bytes);
  }
}

class Kept {
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes > keptBytes && this.#chunks.length > 1)
      this.#bytes -= this.#chunks.shift()?.length ?? 0;
  }

  take(): readonly Uint8Array[] {
    const taken = this.#chunks;
    this.#chunks = [];
    this.#bytes = 0;
    return taken;
  }
}
