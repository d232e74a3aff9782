import * as z from 'zod/mini';
import { fail, ok, type Result } from '../../domain/failure.ts';
import type { ContainerSpec, Engine } from '../../ports/engine.ts';
import { containerBody } from './container-body.ts';
import { openDockerPipes } from './docker-pipes.ts';
import { DockerSession } from './docker-session.ts';
import type { EngineApi } from './engine-api.ts';
import { answered, containerMissing, EngineRefusal, engineText } from './engine-errors.ts';
import { execute } from './execute.ts';
import { waitForExit } from './exit-code.ts';
import { askKeeper, type KeptSpec, removeKeeper, startKeeper } from './keeper.ts';
import { splitLogFrames } from './log-frames.ts';

const shortLimitMs = 10_000;
/** Making, starting and removing wait for the engine's disk. */
const longLimitMs = 60_000;
/** `wait` has no limit of its own but the caller's signal; this one only bounds what a timer can hold. */
const noLimitMs = 2 ** 31 - 1;
const logLimit = 1024 * 1024;

const createdSchema = z.object({ Id: z.string() });
const infoSchema = z.object({ InitCommit: z.optional(z.object({ ID: z.string() })) });
const listSchema = z.array(
  z.object({
    Id: z.string(),
    Created: z.number(),
    State: z.string(),
    Labels: z.nullish(z.record(z.string(), z.string())),
  }),
);

const inspectSchema = z.object({ State: z.object({ Status: z.string() }) });

const aliveStates: ReadonlySet<string> = new Set(['running', 'paused', 'restarting']);
const overStates: ReadonlySet<string> = new Set(['exited', 'dead', 'removing']);

type ContainerCalls = Pick<
  Engine,
  | 'create'
  | 'attach'
  | 'attachPipes'
  | 'exec'
  | 'askKeeper'
  | 'kill'
  | 'freeze'
  | 'start'
  | 'wait'
  | 'logs'
  | 'list'
  | 'remove'
>;

export const createContainers = (api: EngineApi): ContainerCalls => {
  const sessions = new Map<string, DockerSession>();
  /** What is attached, by container. */
  const attached = new Map<string, Pick<DockerSession, 'detach' | 'ended'>>();
  const remember = (container: string, connection: Pick<DockerSession, 'detach' | 'ended'>): void => {
    attached.set(container, connection);
    void connection.ended.then(() => attached.delete(container));
  };

  // An engine without its init program says "N/A" and would only fail at the start (source: moby, `fillPlatformInfo`).
  let initAnswer: Promise<boolean> | null = null;
  const hasInit = (): Promise<boolean> => {
    initAnswer ??= api
      .json({ method: 'GET', path: '/info', limitMs: shortLimitMs }, infoSchema)
      .then(({ InitCommit }) => InitCommit?.ID !== 'N/A');
    initAnswer.catch(() => {
      initAnswer = null;
    });
    return initAnswer;
  };

  const remove = async (container: string): Promise<void> => {
    // As long as output waits for somebody to read it, the engine answers nothing about the container.
    attached.get(container)?.detach();
    await removeKeeper(api, container);
    try {
      await api.call({
        method: 'DELETE',
        path: `/containers/${container}`,
        query: { force: 1, v: 1 },
        limitMs: longLimitMs,
      });
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  };

  const keep = async (container: string, spec: KeptSpec): Promise<Result<string>> => {
    try {
      await startKeeper(api, container, spec, await hasInit());
      return ok(container);
    } catch (error) {
      await remove(container);
      if (!(error instanceof EngineRefusal)) throw error;
      return fail(
        'engine.refused',
        'The container was not made',
        `nothing can be kept in memory on this engine, which says: ${engineText(error.message)}`,
        'use the sandbox runtime for a sealed profile: claude-setup login --runtime sandbox',
      );
    }
  };

  return {
    create: (spec) =>
      answered('The container was not made', async () => {
        try {
          const { Id } = await api.json(
            {
              method: 'POST',
              path: '/containers/create',
              query: spec.name === null ? {} : { name: spec.name },
              json: containerBody(spec, await hasInit()),
              limitMs: longLimitMs,
            },
            createdSchema,
          );
          return spec.kept === undefined ? ok(Id) : await keep(Id, { ...spec, kept: spec.kept });
        } catch (error) {
          return createFailure(spec, error);
        }
      }),
    attach: (container, size) => {
      const what = "The container's terminal was not attached";
      return answered(what, async () => {
        const session = await DockerSession.open(api, container, size);
        // The engine lets a terminal be attached to a program that has ended, and then it never ends.
        const { State } = await api.json(
          { method: 'GET', path: `/containers/${container}/json`, limitMs: shortLimitMs },
          inspectSchema,
        );
        if (overStates.has(State.Status)) {
          session.detach();
          return containerMissing(what, 'its program has ended');
        }
        sessions.set(container, session);
        remember(container, session);
        void session.ended.then(() => {
          if (sessions.get(container) === session) sessions.delete(container);
        });
        if (aliveStates.has(State.Status)) await session.applySize();
        return ok(session);
      });
    },
    attachPipes: (container) =>
      answered("The container's streams were not attached", async () => {
        const pipes = await openDockerPipes(api, container);
        remember(container, pipes);
        return ok(pipes);
      }),
    exec: (container, command) =>
      answered('The program was not run in the container', async () =>
        ok((await execute(api, container, command)).exitCode),
      ),
    askKeeper: (container, directory, command) =>
      answered('What is kept in memory was not looked at', async () =>
        ok(await askKeeper(api, container, directory, command)),
      ),
    kill: (container) =>
      answered('The command was not ended', async () => {
        attached.get(container)?.detach();
        try {
          const query = { signal: 'SIGKILL' };
          await api.call({
            method: 'POST',
            path: `/containers/${container}/kill`,
            query,
            limitMs: longLimitMs,
          });
        } catch (error) {
          // It does not run.
          if (!(error instanceof EngineRefusal && error.status === 409)) throw error;
        }
        return ok(undefined);
      }),
    freeze: (container, frozen) =>
      answered('The container was not stopped', async () => {
        const action = frozen ? 'pause' : 'unpause';
        await api.call({ method: 'POST', path: `/containers/${container}/${action}`, limitMs: shortLimitMs });
        return ok(undefined);
      }),
    start: (container) =>
      answered('The container was not started', async () => {
        try {
          await api.call({ method: 'POST', path: `/containers/${container}/start`, limitMs: longLimitMs });
        } catch (error) {
          // It runs already.
          if (!(error instanceof EngineRefusal && error.status === 304)) throw error;
        }
        await sessions.get(container)?.applySize();
        return ok(undefined);
      }),
    wait: (container, signal) =>
      answered('The container was not waited for', async () =>
        ok(await waitForExit(api, container, { limitMs: noLimitMs, signal })),
      ),
    logs: (container) =>
      answered("The container's output was not read", async () => {
        const frames = await api.stream({
          method: 'GET',
          path: `/containers/${container}/logs`,
          query: { stdout: 1, stderr: 1 },
          limitMs: longLimitMs,
          signal: AbortSignal.timeout(longLimitMs),
        });
        return ok(await splitLogFrames(frames, logLimit));
      }),
    list: (labels) =>
      answered('The containers were not listed', async () => {
        const label = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
        const found = await api.json(
          {
            method: 'GET',
            path: '/containers/json',
            query: { all: 1, filters: JSON.stringify({ label }) },
            limitMs: shortLimitMs,
          },
          listSchema,
        );
        return ok(
          found.map(({ Id, Created, State, Labels }) => ({
            id: Id,
            labels: Labels ?? {},
            running: aliveStates.has(State),
            createdAt: Created * 1000,
          })),
        );
      }),
    remove: (container) =>
      answered('The container was not removed', async () => {
        await remove(container);
        return ok(undefined);
      }),
  };
};

/** 409 also says that somebody else is removing it this moment. */
const isGone = (error: unknown): boolean =>
  error instanceof EngineRefusal &&
  (error.status === 404 ||
    (error.status === 409 && /removal of container .* in progress/i.test(error.message)));

/** Podman 4 says so with 500, in words. */
const isTaken = ({ status, message }: EngineRefusal): boolean =>
  status === 409 || /\bname .* is already in use/i.test(message);

const createFailure = ({ name, image }: ContainerSpec, error: unknown): Result<never> => {
  if (!(error instanceof EngineRefusal)) throw error;
  const why = `the engine says: ${engineText(error.message)}`;
  if (error.status === 404)
    return fail('image.missing', `There is no image ${image}`, why, 'build it: claude-setup build');
  if (name !== null && isTaken(error)) {
    return fail(
      'container.name-taken',
      'The container was not made',
      `the name ${name} is taken`,
      `remove it: docker rm -f ${name}`,
    );
  }
  throw error;
};
