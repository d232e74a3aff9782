/** Tasks that run beside each other, at most `limit` at a time. */
export interface BoundedTasks {
  /** Starts a task, once there is room for it. Throws what an earlier one failed with. */
  start(task: () => Promise<void>): Promise<void>;
  /** Waits for all of them; throws what the first one that failed did. */
  finish(): Promise<void>;
  /** Waits for all of them, whatever becomes of them. */
  settled(): Promise<void>;
}

export const boundedTasks = (limit: number): BoundedTasks => {
  const running = new Set<Promise<void>>();
  let failed: { readonly error: unknown } | null = null;
  const check = () => {
    if (failed !== null) throw failed.error;
  };
  return {
    async start(task) {
      while (running.size >= limit) await Promise.race(running);
      check();
      const run: Promise<void> = task()
        .catch((error: unknown) => {
          failed ??= { error };
        })
        .finally(() => running.delete(run));
      running.add(run);
    },
    async finish() {
      await this.settled();
      check();
    },
    async settled() {
      await Promise.all(running);
    },
  };
};
