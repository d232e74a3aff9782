import { Text } from 'ink';
import { render } from 'ink-testing-library';
import { describe, expect, it, vi } from 'vitest';
import { fail, ok, type Result } from '../../src/domain/failure.ts';
import { ScopeContext, TaskScope } from '../../src/tui/task-scope.ts';
import { type TaskHandle, useTask } from '../../src/tui/use-task.ts';

interface Handle {
  current: TaskHandle<string> | null;
}

const Probe = ({ handle }: { readonly handle: Handle }) => {
  const task = useTask<string>();
  handle.current = task;
  return <Text>{task.task.status === 'done' ? `done ${task.task.value}` : task.task.status}</Text>;
};

const mount = () => {
  const scope = new TaskScope();
  const handle: Handle = { current: null };
  const app = render(
    <ScopeContext value={scope}>
      <Probe handle={handle} />
    </ScopeContext>,
  );
  const task = () => {
    if (handle.current === null) throw new Error('not drawn');
    return handle.current;
  };
  return { scope, task, frame: () => app.lastFrame(), unmount: app.unmount };
};

/** Work that ends when the test says so, and notes its abort. */
const work = () => {
  const { promise, resolve } = Promise.withResolvers<Result<string>>();
  let aborted = false;
  return {
    run: (signal: AbortSignal) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return promise;
    },
    end: resolve,
    get aborted() {
      return aborted;
    },
  };
};

describe('a task', () => {
  it('goes from idle over running to done or failed', async () => {
    const { task, frame } = mount();
    expect(frame()).toBe('idle');
    const first = work();
    task().start(first.run);
    await vi.waitFor(() => expect(frame()).toBe('running'));
    first.end(ok('a'));
    await vi.waitFor(() => expect(frame()).toBe('done a'));
    task().start(async () => fail('engine.lost', 'w', 'y', 'f'));
    await vi.waitFor(() => expect(frame()).toBe('failed'));
  });

  it('drops the result of work that was replaced', async () => {
    const { task, frame } = mount();
    const [first, second] = [work(), work()];
    task().start(first.run);
    await vi.waitFor(() => expect(frame()).toBe('running'));
    task().start(second.run);
    expect(first.aborted).toBe(true);
    first.end(ok('late'));
    second.end(ok('new'));
    await vi.waitFor(() => expect(frame()).toBe('done new'));
  });

  it('begins new work only when the old one has cleaned up', async () => {
    const { task } = mount();
    const first = work();
    const second = vi.fn(async () => ok('b'));
    task().start(first.run);
    await vi.waitFor(() => expect(task().task.status).toBe('running'));
    task().start(second);
    await Promise.resolve();
    expect(second).not.toHaveBeenCalled();
    first.end(ok('a'));
    await vi.waitFor(() => expect(second).toHaveBeenCalledOnce());
  });

  it('drops updates after it was cancelled, waits for the cleanup, and is idle then', async () => {
    const { task, frame } = mount();
    const update = vi.fn();
    const { promise, resolve } = Promise.withResolvers<Result<string>>();
    task().start((_signal, live) => promise.finally(() => live(update)));
    await vi.waitFor(() => expect(frame()).toBe('running'));
    let cancelled = false;
    const cancelling = task()
      .cancel()
      .then(() => {
        cancelled = true;
      });
    await Promise.resolve();
    expect(cancelled).toBe(false);
    resolve(ok('late'));
    await cancelling;
    expect(update).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(frame()).toBe('idle'));
  });

  it('is aborted when its screen goes, and its scope waits for the cleanup', async () => {
    const { scope, task, unmount, frame } = mount();
    const running = work();
    task().start(running.run);
    await vi.waitFor(() => expect(frame()).toBe('running'));
    unmount();
    await vi.waitFor(() => expect(running.aborted).toBe(true));
    let stopped = false;
    const stopping = scope.stop().then(() => {
      stopped = true;
    });
    await Promise.resolve();
    expect(stopped).toBe(false);
    running.end(ok('late'));
    await stopping;
    expect(stopped).toBe(true);
  });
});
