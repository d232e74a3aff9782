import { posix } from 'node:path';
import { type Failure, fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import type { ContainerMounts } from '../../domain/mounts/mounts.ts';
import type {
  BuildEvent,
  BuildRequest,
  ContainerSpec,
  Engine,
  EngineInfo,
  ImageInfo,
} from '../../ports/engine.ts';
import { createFakeFiles, type FakeFiles } from './fake-files.ts';
import { createFakePipes, type FakePipes } from './fake-pipes.ts';
import { createFakeSession, type FakeSession } from './fake-session.ts';
import { createFakeSwarm, type FakeSwarm } from './fake-swarm.ts';

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
  /** Its program ends. */
  exit(code?: number): void;
  restarts: number;
}

/** The build under way. Without `hold` a build succeeds by itself, with a few events. */
interface FakeBuild {
  /** From now on builds go on until the test says how they end. */
  hold(): void;
  readonly running: boolean;
  /** Every build asked for, oldest first. */
  readonly requests: readonly BuildRequest[];
  /** How many builds were aborted. */
  readonly cancelled: number;
  emit(event: BuildEvent): void;
  succeed(): void;
  fail(cause: Failure): void;
}

export interface FakeEngine extends Engine {
  readonly swarm: FakeSwarm;
  readonly build: Engine['build'] & FakeBuild;
  readonly images: Map<string, ImageInfo>;
  readonly containers: Map<string, FakeContainer>;
  /** What a container's program does once started; by default a TTY goes on and anything else exits 0. */
  program(run: (container: FakeContainer) => void): void;
  /** Containers that others made, as `inspectMounts` shows them; their output by name in `outputs`. */
  foreign: readonly ContainerMounts[];
  readonly outputs: Map<string, string>;
  /** How far its clock is ahead of the given time. */
  clock: () => number;
  /** Every call fails with this from now on, as when the engine was lost; null heals it. */
  breakDown(failure: Failure | null): void;
}

const fakeEngineInfo: EngineInfo = {
  source: 'default',
  endpoint: 'unix:///var/run/docker.sock',
  name: 'Docker Engine',
  version: '28.3.0',
  apiVersion: '1.51',
  platform: 'linux/amd64',
};

const missing = (container: string) =>
  fail('container.missing', `There is no container ${container}`, 'it was removed', 'start again');

export const createFakeEngine = (info: Partial<EngineInfo> = {}): FakeEngine => {
  const images = new Map<string, ImageInfo>();
  const containers = new Map<string, FakeContainer>();
  let broken: Failure | null = null;
  let made = 0;
  let program = (container: FakeContainer) => {
    if (container.spec.command.join(' ') === 'claude --version') container.stdout = '2.1.330 (Claude Code)\n';
    if (!container.spec.tty) container.exit(0);
  };

  const answer = async <T>(work: () => Result<T> | Promise<Result<T>>): Promise<Result<T>> =>
    broken === null ? work() : { ok: false, failure: broken };
  const withContainer = <T>(id: string, work: (container: FakeContainer) => Result<T> | Promise<Result<T>>) =>
    answer(() => {
      const container = containers.get(id);
      return container === undefined ? missing(id) : work(container);
    });
  const inside = (path: string) => posix.relative('/', path) || '.';

  const fake: FakeEngine = {
    info: { ...fakeEngineInfo, ...info },
    swarm: createFakeSwarm(),
    images,
    containers,
    foreign: [],
    outputs: new Map(),
    clock: () => Date.now(),
    build: createFakeBuild(images, (work) => answer(work)),
    program(run) {
      program = run;
    },
    breakDown(failure) {
      broken = failure;
    },
    image: (reference) => answer(() => ok(images.get(reference) ?? null)),
    create: (spec) =>
      answer(() => {
        if (!images.has(spec.image)) {
          return fail('image.missing', `There is no image ${spec.image}`, 'it was removed', 'build it');
        }
        const taken = [...containers.values()].some(
          ({ spec: { name } }) => name !== null && name === spec.name,
        );
        if (taken) {
          return fail(
            'container.name-taken',
            'No container was made',
            `"${spec.name}" is taken`,
            'remove it',
          );
        }
        made += 1;
        const container = createFakeContainer(`c${made}`, spec, Date.UTC(2026, 10, 24) + made);
        containers.set(container.id, container);
        return ok(container.id);
      }),
    attach: (id, size) =>
      withContainer(id, (container) => {
        if (container.state === 'exited') {
          return fail(
            'container.missing',
            'No terminal was attached',
            'the program has ended',
            'sign in again',
          );
        }
        container.session = createFakeSession();
        container.session.resize(size);
        return ok(container.session);
      }),
    attachPipes: (id) =>
      withContainer(id, (container) => {
        container.pipes = createFakePipes();
        void container.pipes.ended.then(({ exitCode }) => container.exit(exitCode ?? 1));
        return ok(container.pipes);
      }),
    exec: (id, [program = '', ...args]) =>
      withContainer(id, ({ files }) => {
        const [from = '', to = ''] = args.slice(-2).map(inside);
        const content = program === 'mv' ? files.text(from) : null;
        if (content === null) return ok(program === 'mv' ? 1 : 127);
        files.set(to, content, files.stat(from)?.mode);
        files.delete(from);
        return ok(0);
      }),
    kill: (id) =>
      withContainer(id, (container) => {
        container.frozen = false;
        container.exit(137);
        return ok(undefined);
      }),
    freeze: (id, frozen) =>
      withContainer(id, (container) => {
        if (container.state !== 'running')
          return fail('engine.refused', 'No container was stopped', 'it does not run', 'start it');
        container.frozen = frozen;
        return ok(undefined);
      }),
    start: (id) =>
      withContainer(id, (container) => {
        container.state = 'running';
        program(container);
        return ok(undefined);
      }),
    wait: (id, signal) =>
      withContainer(id, async (container) => {
        const aborted = new Promise<null>((resolve) => {
          if (signal.aborted) resolve(null);
          signal.addEventListener('abort', () => resolve(null));
        });
        const code = await Promise.race([exits.get(container)?.promise ?? null, aborted]);
        return code === null ? interrupted('The wait for the container ended') : ok(code);
      }),
    logs: (id) => withContainer(id, ({ stdout, stderr }) => ok({ stdout, stderr })),
    list: (labels) =>
      answer(() =>
        ok(
          [...containers.values()]
            .filter(({ spec }) => Object.entries(labels).every(([key, value]) => spec.labels[key] === value))
            .map(({ id, spec, state, createdAt }) => ({
              id,
              labels: spec.labels,
              running: state === 'running',
              createdAt,
            })),
        ),
      ),
    remove: (id) =>
      answer(() => {
        containers.get(id)?.exit(137);
        containers.delete(id);
        return ok(undefined);
      }),
    restart: (id) =>
      withContainer(id, (container) => {
        container.restarts += 1;
        return ok(undefined);
      }),
    stat: (id, path) => withContainer(id, ({ files }) => ok(files.stat(inside(path)))),
    download: (id, path) =>
      withContainer(id, ({ files }) => {
        const found = files.stat(inside(path));
        if (found === null) {
          return fail(
            'container.missing',
            `There is no ${path}`,
            'the container has no such path',
            'sign in again',
          );
        }
        if (found.kind === 'directory') {
          return ok(files.tar(inside(path), path.endsWith('/.') ? '.' : posix.basename(path)));
        }
        return ok(files.tarFile(inside(path)));
      }),
    upload: (id, path, tar) =>
      withContainer(id, async ({ files }) => {
        await files.untar(inside(path), tar);
        return ok(undefined);
      }),
    inspectMounts: (name) =>
      answer(() => {
        const ours = [...containers.values()].filter(
          ({ id, state }) => id === name || (name === null && state === 'running'),
        );
        const all = [
          ...fake.foreign.filter((container) => name === null || container.name === name),
          ...ours.map(({ id, spec }) => ({
            name: spec.name ?? id,
            mounts: [],
            environment: Object.fromEntries(spec.env.map((line) => [line.split('=')[0] ?? '', ''])),
            user: null,
          })),
        ];
        return name !== null && all.length === 0 ? missing(name) : ok(all);
      }),
    now: () => answer(() => ok(fake.clock())),
    logsTail: (name, lines) =>
      answer(() => {
        const own = containers.get(name);
        const text = own === undefined ? fake.outputs.get(name) : own.stdout + own.stderr;
        return text === undefined
          ? missing(name)
          : ok(
              text
                .split('\n')
                .slice(-lines - 1)
                .join('\n'),
            );
      }),
  };
  return fake;
};

const exits = new WeakMap<FakeContainer, PromiseWithResolvers<number>>();

const createFakeContainer = (id: string, spec: ContainerSpec, createdAt: number): FakeContainer => {
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
    exit(code = 0) {
      if (container.state === 'exited') return;
      container.state = 'exited';
      container.exitCode = code;
      container.session?.end(code);
      container.pipes?.end(code);
      exits.get(container)?.resolve(code);
    },
  };
  exits.set(container, Promise.withResolvers<number>());
  return container;
};

const createFakeBuild = (
  images: Map<string, ImageInfo>,
  answer: (work: () => Promise<Result<ImageInfo>>) => Promise<Result<ImageInfo>>,
): FakeEngine['build'] => {
  const requests: BuildRequest[] = [];
  let held = false;
  let cancelled = 0;
  let current: { onEvent: (event: BuildEvent) => void; end: (result: Result<ImageInfo>) => void } | null =
    null;

  const running = () => {
    if (current === null) throw new Error('no build is running');
    return current;
  };
  const script: FakeBuild = {
    requests,
    hold() {
      held = true;
    },
    get running() {
      return current !== null;
    },
    get cancelled() {
      return cancelled;
    },
    emit: (event) => running().onEvent(event),
    succeed() {
      const request = requests.at(-1);
      const image: ImageInfo = {
        id: `sha256:${requests.length}`,
        tags: request?.tags ?? [],
        createdAt: Date.UTC(2026, 10, 24),
        size: 547_000_000,
        labels: request?.labels ?? {},
      };
      for (const tag of image.tags) images.set(tag, image);
      running().end(ok(image));
    },
    fail: (failure) => running().end({ ok: false, failure }),
  };
  const build: Engine['build'] = (request, onEvent, signal) =>
    answer(async () => {
      requests.push(request);
      request.context.resume();
      const { promise, resolve } = Promise.withResolvers<Result<ImageInfo>>();
      const cancel = () => {
        cancelled += 1;
        running().end(interrupted('The image build stopped'));
      };
      current = {
        onEvent,
        end(result) {
          current = null;
          signal.removeEventListener('abort', cancel);
          resolve(result);
        },
      };
      signal.addEventListener('abort', cancel);
      if (signal.aborted) cancel();
      else if (!held) {
        script.emit({ type: 'step', step: 1, steps: 2, text: 'FROM node:24-bookworm-slim' });
        script.emit({ type: 'step', step: 2, steps: 2, text: 'RUN npm install' });
        script.succeed();
      }
      return promise;
    });
  return Object.defineProperties(build, Object.getOwnPropertyDescriptors(script)) as FakeEngine['build'];
};
