import { PassThrough } from 'node:stream';

/** Who gets what is typed: Ink by default, or whoever took the keyboard. */
export interface Keyboard {
  /** What Ink reads instead of the terminal. */
  readonly stdin: NodeJS.ReadStream;
  /** Gives every byte as it was typed to `listener`, until the returned function is called. The newest taker wins. */
  take(listener: (bytes: Uint8Array) => void): () => void;
  setRawMode(raw: boolean): void;
  /** Stops reading; the terminal is left to others. */
  close(): void;
}

/**
 * Splits a terminal's input, because Ink decodes keys and a session has to get them byte for byte: lone escapes, cut
 * characters and long pastes as they are.
 */
export const createKeyboard = (terminal: NodeJS.ReadStream): Keyboard => {
  const takers: ((bytes: Uint8Array) => void)[] = [];
  const forward = (chunk: Uint8Array | string): void => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const taker = takers.at(-1);
    if (taker === undefined) input.write(bytes);
    else taker(bytes);
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
    take(listener) {
      takers.push(listener);
      return () => {
        const index = takers.lastIndexOf(listener);
        if (index >= 0) takers.splice(index, 1);
      };
    },
    setRawMode: (raw) => void terminal.setRawMode?.(raw),
    close() {
      terminal.off('data', forward);
      terminal.pause();
    },
  };
};
