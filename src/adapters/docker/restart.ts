import { ok } from '../../domain/failure.ts';
import type { Engine } from '../../ports/engine.ts';
import type { EngineApi } from './engine-api.ts';
import { answered } from './engine-errors.ts';

/** Seconds that a program gets to end by itself (source: Docker Engine API, the default of `t`). */
const graceSeconds = 10;
const limitMs = 60_000;

/** Restarting containers that others made. Their mounts stay as they are. */
export const createRestart = (api: EngineApi): Pick<Engine, 'restart'> => ({
  restart: (container) =>
    answered('The container was not restarted', async () => {
      const path = `/containers/${encodeURIComponent(container)}/restart`;
      await api.call({ method: 'POST', path, query: { t: graceSeconds }, limitMs });
      return ok(undefined);
    }),
});
