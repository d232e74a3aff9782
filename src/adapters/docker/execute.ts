import * as z from 'zod/mini';
import type { EngineApi } from './engine-api.ts';

const limitMs = 30_000;
const createdSchema = z.object({ Id: z.string() });
const inspectSchema = z.object({ ExitCode: z.nullable(z.number()) });

/** Runs a program in a running container to its end, as the container's user; what it writes is let go. */
export const execute = async (
  api: EngineApi,
  container: string,
  command: readonly string[],
): Promise<number> => {
  const { Id } = await api.json(
    {
      method: 'POST',
      path: `/containers/${container}/exec`,
      json: { Cmd: command, AttachStdout: true, AttachStderr: true },
      limitMs,
    },
    createdSchema,
  );
  // The answer's body ends with the program.
  await api.call({
    method: 'POST',
    path: `/exec/${Id}/start`,
    json: { Detach: false, Tty: false },
    limitMs,
  });
  const { ExitCode } = await api.json({ method: 'GET', path: `/exec/${Id}/json`, limitMs }, inspectSchema);
  return ExitCode ?? 1;
};
