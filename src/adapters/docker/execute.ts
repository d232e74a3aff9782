import * as z from 'zod/mini';
import type { EngineApi } from './engine-api.ts';
import { splitLogFrames } from './log-frames.ts';

const limitMs = 30_000;
const outputLimit = 1024 * 1024;
const createdSchema = z.object({ Id: z.string() });
const inspectSchema = z.object({ ExitCode: z.nullable(z.number()) });

export interface Executed {
  readonly exitCode: number;
  /** At most 1 MiB of it. */
  readonly stdout: string;
}

/** Runs a program in a running container to its end, as the container's user or another one. */
export const execute = async (
  api: EngineApi,
  container: string,
  command: readonly string[],
  user?: string,
): Promise<Executed> => {
  const { Id } = await api.json(
    {
      method: 'POST',
      path: `/containers/${container}/exec`,
      json: { Cmd: command, User: user ?? '', AttachStdout: true, AttachStderr: true },
      limitMs,
    },
    createdSchema,
  );
  const frames = await api.stream({
    method: 'POST',
    path: `/exec/${Id}/start`,
    json: { Detach: false, Tty: false },
    limitMs,
    signal: AbortSignal.timeout(limitMs),
  });
  // The answer's body ends with the program.
  const { stdout } = await splitLogFrames(frames, outputLimit);
  const { ExitCode } = await api.json({ method: 'GET', path: `/exec/${Id}/json`, limitMs }, inspectSchema);
  return { exitCode: ExitCode ?? 1, stdout };
};
