import { useEffect, useRef, useState } from 'react';
import type { Failure, Result } from '../../../domain/failure.ts';
import { usePorts } from '../../ports-context.tsx';
import { useScope } from '../../task-scope.ts';

/** What a piece of work is called in the row while it goes on and after it, in two or three words. */
export interface WorkWords {
  readonly doing: string;
  readonly done: string;
  readonly failed: string;
}

/** What was last done about a profile. Times are milliseconds since the epoch. */
export type RowWork = { readonly words: WorkWords; readonly since: number } & (
  | { readonly status: 'working' | 'done'; readonly text: string }
  | { readonly status: 'failed'; readonly failure: Failure }
);

/** Work about one profile. Gives a sentence about how it went. */
export type Work = (signal: AbortSignal, onProgress: (line: string) => void) => Promise<Result<string>>;

export interface RowWorks {
  readonly works: ReadonlyMap<string, RowWork>;
  /** Begins work about a profile, unless some is under way. `after`: its name once the work has gone well. */
  start(name: string, words: WorkWords, work: Work, after?: string): void;
  stop(name: string): void;
}

/** Work on several profiles at the same time, one piece at each. */
export const useRowWork = (onEnd: (name: string) => void): RowWorks => {
  const scope = useScope();
  const { clock } = usePorts();
  const [works, setWorks] = useState<ReadonlyMap<string, RowWork>>(new Map());
  const running = useRef(new Map<string, AbortController>());
  const mounted = useRef(new AbortController());
  useEffect(() => () => mounted.current.abort(), []);

  const start: RowWorks['start'] = (name, words, work, after = name) => {
    if (running.current.has(name)) return;
    const mine = new AbortController();
    running.current.set(name, mine);
    const signal = AbortSignal.any([mine.signal, mounted.current.signal, scope.signal]);
    const show = (next: RowWork) => {
      if (mounted.current.signal.aborted) return;
      setWorks((all) => new Map(all).set(next.status === 'done' ? after : name, next));
    };
    const since = clock.now();
    show({ status: 'working', words, since, text: '' });
    const run = async () => {
      const result = await work(signal, (text) => show({ status: 'working', words, since, text }));
      running.current.delete(name);
      const over = { words, since: clock.now() };
      show(
        result.ok
          ? { status: 'done', ...over, text: result.value }
          : { status: 'failed', ...over, failure: result.failure },
      );
      if (!mounted.current.signal.aborted) onEnd(name);
    };
    // An exception is a bug: it is thrown where the screens are drawn, so that the program ends and says so.
    scope.track(run()).catch((error: unknown) =>
      setWorks(() => {
        throw error;
      }),
    );
  };
  return { works, start, stop: (name) => running.current.get(name)?.abort() };
};
