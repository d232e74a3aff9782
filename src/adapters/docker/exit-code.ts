import * as z from 'zod/mini';
import type { EngineApi } from './engine-api.ts';

const waitSchema = z.object({ StatusCode: z.number() });

/** The exit code of a container's program, once it has ended. */
export const waitForExit = async (
  api: EngineApi,
  container: string,
  bounds: { readonly limitMs: number; readonly signal?: AbortSignal },
): Promise<number> => {
  const { StatusCode } = await api.json(
    {
      method: 'POST',
      path: `/containers/${container}/wait`,
      query: { condition: 'not-running' },
      ...bounds,
    },
    waitSchema,
  );
  return StatusCode;
};
