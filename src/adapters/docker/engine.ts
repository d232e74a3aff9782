import { ok } from '../../domain/failure.ts';
import type { Engine, EngineInfo } from '../../ports/engine.ts';
import { createArchives } from './archive.ts';
import { createBuild } from './build.ts';
import { createContainers } from './containers.ts';
import type { EngineApi } from './engine-api.ts';
import { answered } from './engine-errors.ts';
import { inspectImage } from './images.ts';
import { createObservation } from './observe.ts';
import { createRestart } from './restart.ts';
import { createSwarm } from './swarm.ts';

/** An engine that was found, over its API. */
export const createEngine = (api: EngineApi, info: EngineInfo): Engine => ({
  info,
  swarm: createSwarm(api),
  image: (reference) =>
    answered('The image was not looked up', async () => ok(await inspectImage(api, reference))),
  build: createBuild(api),
  ...createContainers(api),
  ...createArchives(api),
  ...createObservation(api),
  ...createRestart(api),
});
