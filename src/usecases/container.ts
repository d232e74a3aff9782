import type { Config } from '../domain/config.ts';
import { fail, ok, type Result } from '../domain/failure.ts';
import type { MountFinding } from '../domain/mounts/mounts.ts';
import { type RecognisedError, recogniseCliErrors } from '../domain/playbooks/cli-errors.ts';
import type { Ports } from '../ports/ports.ts';
import { examineContainers } from './mounts.ts';
import { requireEngine } from './open-runtime.ts';

/** How much of a container's output is looked at. */
const lines = 200;

/** Why the CLI fails in a container, as far as its output and its mounts tell. */
export interface ContainerVerdict {
  readonly container: string;
  /** Known errors in its last lines, the likeliest cause first. */
  readonly errors: readonly RecognisedError[];
  readonly mounts: readonly MountFinding[];
}

/** Looks at a container of somebody's, running or not: its last lines and its mounts. */
export const examineContainer = async (
  ports: Ports,
  { container, config }: { readonly container: string; readonly config: Config },
  signal: AbortSignal,
): Promise<Result<ContainerVerdict>> => {
  const engine = await requireEngine(ports, signal);
  if (!engine.ok) return engine;
  const [mounts, output] = await Promise.all([
    engine.value.inspectMounts(container),
    engine.value.logsTail(container, lines),
  ]);
  if (!mounts.ok) return mounts.failure.code === 'container.missing' ? notThere(container) : mounts;
  return ok({
    container,
    // A container whose output the engine does not keep still has its mounts.
    errors: output.ok ? recogniseCliErrors(output.value) : [],
    mounts: await examineContainers(ports, mounts.value, config),
  });
};

const notThere = (container: string): Result<never> =>
  fail(
    'container.missing',
    `${container} was not looked at`,
    'the engine has no container of that name',
    'give the name or the id of one, running or not: docker ps --all',
  );
