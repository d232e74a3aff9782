import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Session, SessionEnd, TerminalSize } from '../../ports/session.ts';
import type { EngineApi } from './engine-api.ts';
import { waitForExit } from './exit-code.ts';

/** Output kept while nobody listens yet, in bytes. */
const keptOutput = 1024 * 1024;
const callLimitMs = 10_000;
const keepAliveMs = 30_000;

/**
 * The engine looks for a sequence of keys in the input that detaches the terminal (Ctrl+P Ctrl+Q by default; there can't
 * be none) and holds its beginning back until the next byte. Input has to arrive byte for byte, so the sequence is one
 * that no keyboard and no text sends: eight bytes 0xFF, which occur nowhere in UTF-8 (source: moby/term, `ToBytes` and
 * `NewEscapeProxy`).
 */
const detachKeys = Array.from({ length: 8 }, () => '%FF').join('%2C');

/** The terminal of a container over the engine's attach API; see docs/decisions/docker-session.md. */
export class DockerSession implements Session {
  readonly ended: Promise<SessionEnd>;
  readonly #api: EngineApi;
  readonly #container: string;
  readonly #socket: Duplex;
  readonly #listeners = new Set<(chunk: Uint8Array) => void>();
  #kept: Uint8Array[] | null = [];
  #over = false;
  #size: TerminalSize;
  #sentSize: TerminalSize | null = null;
  #resizing = false;

  constructor(api: EngineApi, container: string, socket: Duplex, size: TerminalSize) {
    this.#api = api;
    this.#container = container;
    this.#socket = socket;
    this.#size = size;
    // So that the end of a remote engine is noticed while a person thinks.
    if (socket instanceof Socket) socket.setKeepAlive(true, keepAliveMs);
    socket.on('data', (chunk: Buffer) => this.#deliver(chunk));
    this.ended = this.#watchEnd();
  }

  static async open(api: EngineApi, container: string, size: TerminalSize): Promise<DockerSession> {
    const socket = await api.hijack({
      method: 'POST',
      path: `/containers/${container}/attach`,
      rawQuery: `detachKeys=${detachKeys}&`,
      query: { stream: 1, stdin: 1, stdout: 1, stderr: 1 },
      limitMs: callLimitMs,
    });
    return new DockerSession(api, container, socket, size);
  }

  onOutput(listener: (chunk: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    const kept = this.#kept ?? [];
    this.#kept = null;
    for (const chunk of kept) listener(chunk);
    return () => this.#listeners.delete(listener);
  }

  write(input: Uint8Array | string): void {
    if (!this.#over && this.#socket.writable) this.#socket.write(input);
  }

  resize(size: TerminalSize): void {
    this.#size = size;
    void this.applySize();
  }

  /** Gives the program the newest size; a terminal takes one only while its program runs. */
  async applySize(): Promise<void> {
    // One request at a time, then the newest size only: a dragged window gives dozens a second.
    if (this.#resizing) return;
    this.#resizing = true;
    while (!this.#over && this.#sentSize !== this.#size) {
      const size = this.#size;
      const sent = await this.#send('resize', { h: size.rows, w: size.columns });
      this.#sentSize = sent ? size : this.#sentSize;
      if (!sent && size === this.#size) break;
    }
    this.#resizing = false;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  async kill(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGKILL'): Promise<void> {
    if (!this.#over) await this.#send('kill', { signal });
  }

  /** Lets go of the terminal; its program is not told. */
  detach(): void {
    this.#socket.destroy();
  }

  /** A resize or signal may come after the program's end, or while the engine is lost; `ended` tells of both. */
  async #send(action: 'resize' | 'kill', query: Readonly<Record<string, string | number>>): Promise<boolean> {
    return this.#api
      .call({ method: 'POST', path: `/containers/${this.#container}/${action}`, query, limitMs: callLimitMs })
      .then(
        () => true,
        () => false,
      );
  }

  #deliver(chunk: Uint8Array): void {
    if (this.#kept === null) {
      for (const listener of this.#listeners) listener(chunk);
      return;
    }
    this.#kept.push(chunk);
    let size = this.#kept.reduce((sum, { length }) => sum + length, 0);
    while (size > keptOutput) {
      const oldest = this.#kept.shift();
      if (oldest === undefined) break;
      const surplus = size - keptOutput;
      if (oldest.length > surplus) this.#kept.unshift(oldest.subarray(surplus));
      size -= Math.min(oldest.length, surplus);
    }
  }

  #exitCode(): Promise<number | null> {
    return waitForExit(this.#api, this.#container, { limitMs: callLimitMs }).catch(() => null);
  }

  async #watchEnd(): Promise<SessionEnd> {
    const cut = await new Promise<boolean>((resolve) => {
      this.#socket.once('error', () => resolve(true));
      this.#socket.once('end', () => resolve(false));
      this.#socket.once('close', () => resolve(true));
    });
    this.#over = true;
    this.#socket.destroy();
    // The engine closes the terminal a moment before it knows the exit code, and also when it dies itself; only asking tells.
    return { exitCode: cut ? null : await this.#exitCode() };
  }
}
