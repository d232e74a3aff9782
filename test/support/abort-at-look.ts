/** A signal that aborts by itself at a certain look at it, so that every moment at which work could be interrupted has its turn. */
export interface AbortAtLook {
  readonly signal: AbortSignal;
  /** Whether it has come to that look. */
  readonly struck: () => boolean;
}

/**
 * Looks are counted from 0: each question whether it has aborted, and each listener, which hears of it once it is there.
 * Waiting that begins with a listener is interrupted in the middle that way.
 */
export const abortAtLook = (at: number): AbortAtLook => {
  const stop = new AbortController();
  const { signal } = stop;
  let looks = 0;
  const look = (): void => {
    if (looks === at) stop.abort();
    looks += 1;
  };
  const listen = signal.addEventListener.bind(signal);
  Object.defineProperty(signal, 'aborted', {
    get: () => {
      look();
      return Reflect.get(AbortSignal.prototype, 'aborted', signal);
    },
  });
  signal.addEventListener = (...given: Parameters<typeof listen>) => {
    listen(...given);
    queueMicrotask(look);
  };
  return { signal, struck: () => looks > at };
};

/** Does `work` once for each look that it takes at its signal, each time interrupted at the next one; gives their number. */
export const interruptedAtEachLook = async (
  work: (moment: AbortAtLook, at: number) => Promise<void>,
): Promise<number> => {
  for (let at = 0; ; at += 1) {
    const moment = abortAtLook(at);
    await work(moment, at);
    if (!moment.struck()) return at;
  }
};
