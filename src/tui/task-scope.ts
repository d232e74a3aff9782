import { createContext, useContext } from 'react';

/** The work of one screen. Stopping it aborts all of it and waits until every piece has cleaned up. */
export class TaskScope {
  readonly #controller = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const forget = () => this.#running.delete(work);
    work.then(forget, forget);
    return work;
  }

  async stop(): Promise<void> {
    this.#controller.abort();
    while (this.#running.size > 0) await Promise.allSettled([...this.#running]);
  }
}

export const ScopeContext = createContext<TaskScope>(new TaskScope());

export const useScope = (): TaskScope => useContext(ScopeContext);
