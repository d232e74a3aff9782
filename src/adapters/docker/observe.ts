import * as z from 'zod/mini';
import { ok } from '../../domain/failure.ts';
import type { ContainerMounts, Mount } from '../../domain/mounts/mounts.ts';
import type { Engine } from '../../ports/engine.ts';
import type { EngineApi } from './engine-api.ts';
import { answered, EngineRefusal } from './engine-errors.ts';
import { splitLogFrames } from './log-frames.ts';

const limitMs = 10_000;
/** More running containers than this are not looked into one by one. */
const mostContainers = 200;
const logLimit = 1024 * 1024;

const timeSchema = z.object({ SystemTime: z.string() });
const listSchema = z.array(z.object({ Id: z.string() }));
const inspectSchema = z.object({
  Name: z.string(),
  Config: z.object({
    Env: z.nullish(z.array(z.string())),
    User: z.optional(z.string()),
    Tty: z.optional(z.boolean()),
  }),
  Mounts: z.nullish(
    z.array(
      z.object({
        Type: z.optional(z.string()),
        Source: z.optional(z.string()),
        Destination: z.string(),
        RW: z.optional(z.boolean()),
      }),
    ),
  ),
});
type Inspected = z.output<typeof inspectSchema>;

/** Looks at containers that others made and at the engine's clock. Nothing is started or changed. */
export const createObservation = (api: EngineApi): Pick<Engine, 'inspectMounts' | 'now' | 'logsTail'> => {
  const inspect = (container: string): Promise<Inspected> =>
    api.json(
      { method: 'GET', path: `/containers/${encodeURIComponent(container)}/json`, limitMs },
      inspectSchema,
    );

  return {
    inspectMounts: (container) =>
      answered('The containers were not looked at', async () => {
        if (container !== null) return ok([mountsOf(await inspect(container))]);
        const running = await api.json({ method: 'GET', path: '/containers/json', limitMs }, listSchema);
        const found = await Promise.all(
          running.slice(0, mostContainers).map(({ Id }) => inspect(Id).catch(goneMeanwhile)),
        );
        return ok(found.flatMap((one) => (one === null ? [] : [mountsOf(one)])));
      }),
    now: () =>
      answered("The engine's clock was not read", async () => {
        const { SystemTime } = await api.json({ method: 'GET', path: '/info', limitMs }, timeSchema);
        return ok(Date.parse(SystemTime));
      }),
    logsTail: (container, lines) =>
      answered("The container's output was not read", async () => {
        const { Config } = await inspect(container);
        const stream = await api.stream({
          method: 'GET',
          path: `/containers/${encodeURIComponent(container)}/logs`,
          query: { stdout: 1, stderr: 1, tail: lines },
          limitMs,
          signal: AbortSignal.timeout(limitMs),
        });
        // Only a container without a terminal has its two streams apart.
        if (Config.Tty === true) return ok(await rawText(stream));
        const { stdout, stderr } = await splitLogFrames(stream, logLimit);
        return ok(stdout + stderr);
      }),
  };
};

const goneMeanwhile = (error: unknown): null => {
  if (error instanceof EngineRefusal && error.status === 404) return null;
  throw error;
};

const rawText = async (stream: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= logLimit) break;
  }
  return Buffer.concat(chunks).subarray(0, logLimit).toString();
};

const mountsOf = ({ Name, Config, Mounts }: Inspected): ContainerMounts => ({
  name: Name.replace(/^\//, ''),
  mounts: (Mounts ?? []).map(
    ({ Type, Source, Destination, RW }): Mount => ({
      source: Type === 'bind' && Source ? Source : null,
      target: Destination,
      readOnly: RW === false,
    }),
  ),
  environment: Object.fromEntries((Config.Env ?? []).map(namesOnly)),
  user: Config.User || null,
});

/** The values of variables are secrets until proved otherwise; the one that is a path is needed. */
const namesOnly = (line: string): readonly [string, string] => {
  const [name = '', ...value] = line.split('=');
  return [name, name === 'CLAUDE_CONFIG_DIR' ? value.join('=') : ''];
};
