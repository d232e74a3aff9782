import type { ContainerSpec } from '../../ports/engine.ts';
import { createFakeFiles, type FakeFiles } from './fake-files.ts';
import type { FakePipes } from './fake-pipes.ts';
import type { FakeSession } from './fake-session.ts';

/** A container of the fake. `files` is its whole file system, paths without the leading slash. */
export interface FakeContainer {
  readonly id: string;
  readonly spec: ContainerSpec;
  readonly createdAt: number;
  readonly files: FakeFiles;
  state: 'created' | 'running' | 'exited';
  exitCode: number;
  frozen: boolean;
  stdout: string;
  stderr: string;
  /** The terminal that was attached last. */
  session: FakeSession | null;
  /** The streams that were attached last. */
  pipes: FakePipes | null;
  restarts: number;
  /** Resolves to the exit code when its program has ended. */
  readonly exited: Promise<number>;
  /** Its program ends. */
  exit(code?: number): void;
}

export const createFakeContainer = (id: string, spec: ContainerSpec, createdAt: number): FakeContainer => {
  const { promise: exited, resolve } = Promise.withResolvers<number>();
  const container: FakeContainer = {
    id,
    spec,
    createdAt,
    files: createFakeFiles(),
    state: 'created',
    exitCode: 0,
    frozen: false,
    restarts: 0,
    stdout: '',
    stderr: '',
    session: null,
    pipes: null,
    exited,
    exit(code = 0) {
      if (container.state === 'exited') return;
      container.state = 'exited';
      container.exitCode = code;
      container.session?.end(code);
      container.pipes?.end(code);
      resolve(code);
    },
  };
  return container;
};
