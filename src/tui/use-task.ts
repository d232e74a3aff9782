import { useEffect, useRef, useState } from 'react';
import type { Failure, Result } from '../domain/failure.ts';
import { useScope } from './task-scope.ts';

export type Task<T> =
  | { readonly status: 'idle' }
  | { readonly status: 'running' }
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'failed'; readonly failure: Failure };

/** Work of a task. `live` runs an update unless the task was cancelled or started again meanwhile. */
export type Work<T> = (signal: AbortSignal, live: (update: () => void) => void) => Promise<Result<T>>;

export interface TaskHandle<T> {
  readonly task: Task<T>;
  /** Starts the work, after an earlier one of this task has been aborted and has cleaned up. */
  start(work: Work<T>, onDone?: (value: T) => void): void;
  /** Aborts the work and waits for its cleanup. The task is idle then. */
  cancel(): Promise<void>;
}

/**
 * One piece of asynchronous work of a screen. Results that come late are dropped; unmounting aborts. `running` at first
 * where the screen starts it as it appears.
 */
export const useTask = <T>(first: 'idle' | 'running' = 'idle'): TaskHandle<T> => {
  const scope = useScope();
  const [task, setTask] = useState<Task<T>>({ status: first });
  const controller = useRef(new AbortController());
  const settled = useRef<Promise<void>>(Promise.resolve());

  useEffect(() => () => controller.current.abort(), []);

  const start: TaskHandle<T>['start'] = (work, onDone) => {
    controller.current.abort();
    const mine = new AbortController();
    controller.current = mine;
    const signal = AbortSignal.any([mine.signal, scope.signal]);
    const live = (update: () => void) => {
      if (!signal.aborted) update();
    };
    setTask({ status: 'running' });
    const run = settled.current.then(async () => {
      if (signal.aborted) return;
      const result = await work(signal, live);
      live(() => {
        setTask(
          result.ok ? { status: 'done', value: result.value } : { status: 'failed', failure: result.failure },
        );
        if (result.ok) onDone?.(result.value);
      });
    });
    // An exception is a bug: it is thrown where the screens are drawn, so that the program ends and says so.
    settled.current = scope.track(run).catch((error: unknown) =>
      live(() =>
        setTask(() => {
          throw error;
        }),
      ),
    );
  };

  const cancel = async (): Promise<void> => {
    controller.current.abort();
    const mine = controller.current;
    await settled.current;
    if (controller.current === mine && !scope.signal.aborted) setTask({ status: 'idle' });
  };

  return { task, start, cancel };
};
