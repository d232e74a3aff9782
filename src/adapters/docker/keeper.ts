import * as z from 'zod/mini';
import type { ContainerSpec } from '../../ports/engine.ts';
import { keeperBody } from './container-body.ts';
import type { EngineApi } from './engine-api.ts';
import { EngineRefusal } from './engine-errors.ts';

/**
 * A volume in memory is gone as soon as no container uses it, and with it what a program leaves behind that has ended. So
 * a second container, which does nothing, uses it too, until the first one is removed (tried on Docker 20.10: uploads
 * before the start and downloads after the end reach the volume then).
 */
const keeperOf = (container: string): string => `claude-setup-keeper-${container.slice(0, 12)}`;

export type KeptSpec = ContainerSpec & Required<Pick<ContainerSpec, 'kept'>>;

const limitMs = 60_000;
const createdSchema = z.object({ Id: z.string() });

/** Starts the keeper of a container that was made just now. */
export const startKeeper = async (
  api: EngineApi,
  container: string,
  spec: KeptSpec,
  init: boolean,
): Promise<void> => {
  const { Id } = await api.json(
    {
      method: 'POST',
      path: '/containers/create',
      query: { name: keeperOf(container) },
      json: keeperBody(container, spec, init),
      limitMs,
    },
    createdSchema,
  );
  await api.call({ method: 'POST', path: `/containers/${Id}/start`, limitMs });
};

/** Ends the keeper of a container, where it has one, and with it what was kept. Before the container, so that none is left alone. */
export const removeKeeper = async (api: EngineApi, container: string): Promise<void> => {
  try {
    await api.call({
      method: 'DELETE',
      path: `/containers/${keeperOf(container)}`,
      query: { force: 1, v: 1 },
      limitMs,
    });
  } catch (error) {
    if (!(error instanceof EngineRefusal && (error.status === 404 || error.status === 409))) throw error;
  }
};
