import { PassThrough } from 'node:stream';
import { createKeyQueue, type KeyQueue } from './key-queue.ts';

/**
 * Gets every byte as it was typed. What it gives back is not for it: that, and what is typed from then on, waits for
 * whoever has the keyboard once it was released.
 */
export type Taker = (bytes: Uint8Array) => Uint8Array | null;

/** Who gets what is typed: Ink by default, or whoever took the keyboard. */
export interface Keyboard {
  /** What Ink reads instead of the terminal. */
  readonly stdin: NodeJS.ReadStream;
  /** What Ink has decoded, for the screen that is open. */
  readonly keys: KeyQueue;
  /** Gives the keyboard to `taker`, until the returned function is called. The newest taker wins. */
  take(taker: Taker): () => void;
  setRawMode(raw: boolean): void;
  /** Stops reading; the terminal is left to others. */
  close(): void;
}

/**
 * Splits a terminal's input, because Ink decodes keys and a session has to get them byte for byte: lone escapes, cut
 * characters and long pastes as they are.
 */
export const createKeyboard = (terminal: NodeJS.ReadStream): Keyboard => {
  const takers: Taker[] = [];
  /** What the taker gave back, and what came after it. */
  let waiting: { readonly from: Taker; readonly chunks: Uint8Array[] } | null = null;
  const forward = (chunk: Uint8Array | string): void => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const taker = takers.at(-1);
    if (waiting !== null) waiting.chunks.push(bytes);
    else if (taker === undefined) input.write(bytes);
    else {
      const rest = taker(bytes);
      if (rest !== null && takers.includes(taker)) waiting = { from: taker, chunks: [rest] };
      else if (rest !== null) forward(rest);
    }
  };
  const input = Object.assign(new PassThrough(), {
    isTTY: terminal.isTTY,
    isRaw: false,
    setRawMode(raw: boolean) {
      terminal.setRawMode?.(raw);
      return input;
    },
    ref() {
      terminal.ref?.();
      return input;
    },
    unref() {
      terminal.unref?.();
      return input;
    },
  });
  terminal.on('data', forward);
  // A question that was asked line by line before leaves it paused.
  terminal.resume();
  return {
    // A terminal's read stream in all that Ink uses of it.
    stdin: input as unknown as NodeJS.ReadStream,
    keys: createKeyQueue(),
    take(taker) {
      takers.push(taker);
      return () => {
        const index = takers.lastIndexOf(taker);
        if (index >= 0) takers.splice(index, 1);
        if (waiting?.from !== taker) return;
        const { chunks } = waiting;
        waiting = null;
        for (const chunk of chunks) if (chunk.length > 0) forward(chunk);
      };
    },
    setRawMode(raw) {
      // Ink lets go of the terminal when it is suspended, and then nothing would wait for the next key.
      if (raw) terminal.ref?.();
      terminal.setRawMode?.(raw);
    },
    close() {
      terminal.off('data', forward);
      terminal.pause();
    },
  };
};
