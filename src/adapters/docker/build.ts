import type { IncomingMessage } from 'node:http';
import { type Failure, fail, interrupted, type Result } from '../../domain/failure.ts';
import { diagnoseBuild } from '../../domain/image.ts';
import type { BuildRequest, Engine, ImageInfo } from '../../ports/engine.ts';
import { cleanUpBuild, type Inventory, takeInventory } from './build-clean-up.ts';
import { type BuildRecord, createBuildProgress } from './build-progress.ts';
import type { EngineApi } from './engine-api.ts';
import {
  answered,
  CallAborted,
  EngineLost,
  EngineRefusal,
  engineFailure,
  engineText,
} from './engine-errors.ts';
import { inspectImage } from './images.ts';
import { jsonLines } from './json-lines.ts';

const what = 'The image was not built';
/** The engine is silent while it takes the context in, and while a step says nothing. */
const beginLimitMs = 300_000;
/** How long a cancelled build may take to come to its end. */
const cancelPatienceMs = 10_000;
const silenceMs = 30_000;
const pingLimitMs = 10_000;

const queryOf = (request: BuildRequest) => ({
  dockerfile: request.dockerfile,
  t: request.tags,
  labels: JSON.stringify(request.labels),
  buildargs: JSON.stringify(request.buildArgs),
  extrahosts: request.extraHosts,
  nocache: request.noCache,
  rm: true,
  forcerm: true,
});

/** Builds with the classic builder, which every engine has; the context is uploaded as it is read. */
export const createBuild =
  (api: EngineApi): Engine['build'] =>
  (request, onEvent, signal) =>
    answered(what, async () => {
      try {
        if (signal.aborted) return interrupted(what);
        const before = await takeInventory(api);
        const progress = createBuildProgress((event) => signal.aborted || onEvent(event));
        const failure = await follow(api, request, progress.take, signal);
        progress.end();
        if (signal.aborted) return await cancelled(api, before, progress.record);
        if (failure !== null) return { ok: false, failure: failureOf(failure.cause, progress.record) };
        return await resultOf(api, progress.record);
      } finally {
        request.context.destroy();
      }
    });

/** Runs the build to the end of its messages. Null, or what cut it off. */
const follow = async (
  api: EngineApi,
  request: BuildRequest,
  take: (message: unknown) => void,
  signal: AbortSignal,
): Promise<{ readonly cause: unknown } | null> => {
  const stop = new AbortController();
  const silence = watchSilence(api, (cause) => stop.abort(cause));
  let answer: IncomingMessage | null = null;
  let patience: NodeJS.Timeout | undefined;
  // The engine takes a half-closed connection for a cancel and still tells what it does until it has stopped, so that
  // afterwards everything it made is known and nothing more comes.
  const cancel = () => {
    answer?.socket.end();
    patience ??= setTimeout(() => stop.abort(new CallAborted()), cancelPatienceMs);
  };
  signal.addEventListener('abort', cancel);
  try {
    answer = await api.stream({
      method: 'POST',
      path: '/build',
      query: queryOf(request),
      tar: request.context,
      limitMs: beginLimitMs,
      signal: stop.signal,
    });
    if (signal.aborted) cancel();
    for await (const message of jsonLines(bytesOf(answer))) {
      silence.heard();
      take(message);
    }
    return null;
  } catch (error) {
    return { cause: stop.signal.aborted ? stop.signal.reason : error };
  } finally {
    signal.removeEventListener('abort', cancel);
    clearTimeout(patience);
    silence.end();
    answer?.destroy();
  }
};

/** After a long silence the engine is asked whether it is still there: a step may say nothing for many minutes. */
const watchSilence = (api: EngineApi, onLost: (cause: unknown) => void) => {
  let heard = Date.now();
  const timer = setInterval(() => {
    if (Date.now() - heard < silenceMs) return;
    api.call({ method: 'GET', path: '/_ping', limitMs: pingLimitMs }).catch(onLost);
  }, silenceMs);
  return {
    heard: () => {
      heard = Date.now();
    },
    end: () => clearInterval(timer),
  };
};

async function* bytesOf(answer: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* answer;
  } catch (error) {
    throw new EngineLost('the progress was cut', { cause: error });
  }
}

const resultOf = async (api: EngineApi, record: BuildRecord): Promise<Result<ImageInfo>> => {
  if (record.error !== null) return { ok: false, failure: diagnosis(record, record.error) };
  if (record.image === null) throw new EngineLost('the progress ended without a result');
  const image = await inspectImage(api, record.image);
  return image === null
    ? fail('engine.refused', what, 'the engine says it built an image and does not have it', 'build again')
    : { ok: true, value: image };
};

const diagnosis = ({ lines, step }: BuildRecord, error: string): Failure =>
  diagnoseBuild([...lines, engineText(error, 500)], step);

const failureOf = (error: unknown, record: BuildRecord): Failure =>
  error instanceof EngineRefusal ? diagnosis(record, error.message) : engineFailure(what, error);

const cancelled = async (api: EngineApi, before: Inventory, record: BuildRecord): Promise<Result<never>> => {
  try {
    await cleanUpBuild(api, before, record);
    return interrupted(what);
  } catch (error) {
    const { why } = engineFailure(what, error);
    return fail(
      'interrupted',
      what,
      `it was interrupted, and its leftovers could not be removed: ${why}`,
      'docker image prune',
    );
  }
};
