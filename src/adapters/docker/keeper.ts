import * as z from 'zod/mini';
import type { ContainerSpec } from '../../ports/engine.ts';
import { keeperBody } from './container-body.ts';
import type { EngineApi } from './engine-api.ts';
import { EngineRefusal } from './engine-errors.ts';
import { execute } from './execute.ts';

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

/**
 * Runs a program where the memory of a container is seen, as the owner of a directory in it. An engine that was restarted
 * while its containers went on ("live restore") does not see that memory itself any more: its archive API shows an empty
 * directory, though the keeper has it all (seen with Docker 20.10). Null when nothing is kept, and when the program fails.
 */
export const askKeeper = async (
  api: EngineApi,
  container: string,
  directory: string,
  command: readonly string[],
): Promise<string | null> => {
  const keeper = keeperOf(container);
  try {
    const owner = await execute(api, keeper, ['stat', '-c', '%u:%g', directory]);
    if (owner.exitCode !== 0) return null;
    const { exitCode, stdout } = await execute(api, keeper, command, owner.stdout.trim());
    return exitCode === 0 ? stdout : null;
  } catch (error) {
    // There is none, or it does not run any more.
    if (error instanceof EngineRefusal && (error.status === 404 || error.status === 409)) return null;
    throw error;
  }
};
