import type { KeyName } from '../keys.ts';

/** Hands keys on one by one. */
export interface KeyQueue {
  push(names: readonly KeyName[]): void;
  /** Until the returned function is called; what comes while nobody listens waits. */
  listen(listener: (name: KeyName) => void): () => void;
}

/**
 * Where the terminal hands over several keys at once, as over a slow connection or from a program, each is handled after
 * the one before has been drawn, so that it meets the choice and the screen that it was meant for.
 */
export const createKeyQueue = (): KeyQueue => {
  const waiting: KeyName[] = [];
  const listeners: ((name: KeyName) => void)[] = [];
  let turning = false;
  const turn = (): void => {
    const listener = listeners.at(-1);
    const name = listener === undefined ? undefined : waiting.shift();
    turning = name !== undefined;
    if (listener === undefined || name === undefined) return;
    // Ink draws what a key has changed before the next turn of the event loop.
    setImmediate(turn);
    listener(name);
  };
  const wake = (): void => {
    if (!turning) turn();
  };
  return {
    push(names) {
      waiting.push(...names);
      wake();
    },
    listen(listener) {
      listeners.push(listener);
      if (waiting.length > 0) setImmediate(wake);
      return () => {
        listeners.splice(listeners.lastIndexOf(listener), 1);
      };
    },
  };
};
