import { type Failure, interrupted, ok, type Result } from '../../domain/failure.ts';
import type { BuildEvent, BuildRequest, Engine, ImageInfo } from '../../ports/engine.ts';

/** The build under way. Without `hold` a build succeeds by itself, with a few events. */
export interface FakeBuild {
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

export const createFakeBuild = (
  images: Map<string, ImageInfo>,
  answer: (work: () => Promise<Result<ImageInfo>>) => Promise<Result<ImageInfo>>,
): Engine['build'] & FakeBuild => {
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
  return Object.defineProperties(build, Object.getOwnPropertyDescriptors(script)) as Engine['build'] &
    FakeBuild;
};
