import type { KeyName } from '../keys.ts';

/** Keys that wait to be handled, one by one. */
export interface KeyQueue {
  push(names: readonly KeyName[]): void;
  /** Until the returned function is called; the newest listener gets the keys, and while there is none they wait. */
  listen(listener: (name: KeyName) => void): () => void;
  /** Hands one key on; false when none waits, or nobody listens. */
  handleOne(): boolean;
  /** Called when there may be a key to hand on. */
  onWaiting(wake: () => void): () => void;
}

export const createKeyQueue = (): KeyQueue => {
  const waiting: KeyName[] = [];
  const listeners: ((name: KeyName) => void)[] = [];
  const wakers = new Set<() => void>();
  const wake = (): void => {
    for (const waker of wakers) waker();
  };
  return {
    push(names) {
      waiting.push(...names);
      wake();
    },
    listen(listener) {
      listeners.push(listener);
      wake();
      return () => {
        listeners.splice(listeners.lastIndexOf(listener), 1);
      };
    },
    handleOne() {
      const listener = listeners.at(-1);
      const name = listener && waiting.shift();
      if (name === undefined) return false;
      listener?.(name);
      return true;
    },
    onWaiting(waker) {
      wakers.add(waker);
      return () => wakers.delete(waker);
    },
  };
};
