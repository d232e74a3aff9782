import { posix } from 'node:path';
import { type Failure, fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import type { ContainerMounts } from '../../domain/mounts/mounts.ts';
import type { Engine, EngineInfo, ImageInfo } from '../../ports/engine.ts';
import { createFakeBuild, type FakeBuild } from './fake-build.ts';
import { createFakeContainer, type FakeContainer } from './fake-container.ts';
import { createFakePipes } from './fake-pipes.ts';
import { createFakeSession } from './fake-session.ts';
import { createFakeSwarm, type FakeSwarm } from './fake-swarm.ts';

export interface FakeEngine extends Engine {
  readonly swarm: FakeSwarm;
  readonly build: Engine['build'] & FakeBuild;
  readonly images: Map<string, ImageInfo>;
  readonly containers: Map<string, FakeContainer>;
  /** What a container's program does once started; by default a TTY goes on and anything else exits 0. */
  program(run: (container: FakeContainer) => void): void;
  /** Containers that others made, as `inspectMounts` shows them; their output by name in `outputs`. */
  foreign: ContainerMounts[];
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
    askKeeper: async () => ok(null),
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
        const code = await Promise.race([container.exited, aborted]);
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
