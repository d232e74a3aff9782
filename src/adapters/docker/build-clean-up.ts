import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { BuildRecord } from './build-progress.ts';
import type { EngineApi } from './engine-api.ts';
import { EngineRefusal } from './engine-errors.ts';

const callLimitMs = 10_000;
const lookIntervalMs = 150;
/** How long the engine is given to end what it was doing; then we remove it ourselves. */
const patienceMs = 5_000;

const imagesSchema = z.array(
  z.object({ Id: z.string(), ParentId: z.optional(z.string()), RepoTags: z.nullish(z.array(z.string())) }),
);
const containersSchema = z.array(z.object({ Id: z.string() }));

/** What was on the engine before a build. */
export interface Inventory {
  readonly images: ReadonlySet<string>;
  readonly containers: ReadonlySet<string>;
}

const listImages = (api: EngineApi) =>
  api.json({ method: 'GET', path: '/images/json', query: { all: 1 }, limitMs: callLimitMs }, imagesSchema);
const listContainers = (api: EngineApi) =>
  api.json(
    { method: 'GET', path: '/containers/json', query: { all: 1 }, limitMs: callLimitMs },
    containersSchema,
  );

export const takeInventory = async (api: EngineApi): Promise<Inventory> => {
  const [images, containers] = await Promise.all([listImages(api), listContainers(api)]);
  return { images: new Set(images.map(({ Id }) => Id)), containers: new Set(containers.map(({ Id }) => Id)) };
};

/** The stream of the classic builder shortens ids to 12 digits. */
const isOneOf = (id: string, shortIds: ReadonlySet<string>): boolean =>
  [...shortIds].some((shortId) => id.replace('sha256:', '').startsWith(shortId));

/**
 * Removes what a cancelled build made. The engine removes its own containers (`forcerm`) once it notices; images of the
 * steps that were done stay behind, carry no label (the builder puts labels on the last one only), and are known by
 * their ids in the stream. What was there before the build, and what has a tag, is never touched.
 */
export const cleanUpBuild = async (api: EngineApi, before: Inventory, record: BuildRecord): Promise<void> => {
  await removeContainers(api, before, record);
  await removeImages(api, before, record);
};

const removeContainers = async (api: EngineApi, before: Inventory, record: BuildRecord): Promise<void> => {
  const end = Date.now() + patienceMs;
  for (;;) {
    const left = (await listContainers(api)).filter(
      ({ Id }) => !before.containers.has(Id) && isOneOf(Id, record.containers),
    );
    if (left.length === 0) return;
    if (Date.now() < end) {
      await delay(lookIntervalMs);
      continue;
    }
    for (const { Id } of left) await removed(api, `/containers/${Id}`, { force: 1, v: 1 });
    return;
  }
};

/** Children first: an engine keeps an image that others are built on. */
const removeImages = async (api: EngineApi, before: Inventory, record: BuildRecord): Promise<void> => {
  for (let gone = true; gone; ) {
    gone = false;
    const images = await listImages(api);
    const parents = new Set(images.map(({ ParentId }) => ParentId));
    const leaves = images.filter(
      ({ Id, RepoTags }) =>
        !before.images.has(Id) &&
        !parents.has(Id) &&
        (RepoTags ?? []).every((tag) => tag === '<none>:<none>') &&
        isOneOf(Id, record.images),
    );
    for (const { Id } of leaves) gone = (await removed(api, `/images/${Id}`, { noprune: 1 })) || gone;
  }
};

/** False when the engine refused: it is gone already, or in use by somebody else's work. */
const removed = async (
  api: EngineApi,
  path: string,
  query: Readonly<Record<string, number>>,
): Promise<boolean> => {
  try {
    await api.call({ method: 'DELETE', path, query, limitMs: callLimitMs });
    return true;
  } catch (error) {
    if (error instanceof EngineRefusal) return false;
    throw error;
  }
};
