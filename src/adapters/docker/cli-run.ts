import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import type { LeaseFiles } from '../../domain/lease.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ContainerSpec, Engine } from '../../ports/engine.ts';
import type { CliOutput } from '../../ports/runtime.ts';
import { configDir, nodeUser, removeSurely } from './our-containers.ts';

interface CliRunOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const what = (command: readonly string[]) => `${command.join(' ')} was not run to its end`;

/** One command of the CLI in a container of its own on a lease. The container, and the lease with it, is removed on every way out. */
export const runCliOnce = async (
  engine: Engine,
  clock: Clock,
  spec: ContainerSpec,
  lease: LeaseFiles,
  options: CliRunOptions,
): Promise<Result<CliOutput>> => {
  if (options.signal.aborted) return interrupted(what(spec.command));
  const created = await engine.create(spec);
  if (!created.ok) return created;
  try {
    return await runIn(engine, clock, created.value, spec.command, lease, options);
  } finally {
    await removeSurely(engine, created.value);
  }
};

const runIn = async (
  engine: Engine,
  clock: Clock,
  container: string,
  command: readonly string[],
  lease: LeaseFiles,
  { timeoutMs, signal }: CliRunOptions,
): Promise<Result<CliOutput>> => {
  const uploaded = await engine.upload(container, nodeUser.home, configTar(lease.files));
  if (!uploaded.ok) return uploaded;
  if (signal.aborted) return interrupted(what(command));
  const started = await engine.start(container);
  if (!started.ok) return started;
  const exit = await waitAtMost(engine, clock, container, timeoutMs, signal);
  if (exit === 'late') {
    return fail(
      'cli.timeout',
      what(command),
      `it gave no answer within ${Math.round(timeoutMs / 1000)} s`,
      'check the network of the container, then try again',
    );
  }
  if (signal.aborted) return interrupted(what(command));
  if (!exit.ok) return exit;
  const output = await engine.logs(container);
  return output.ok ? ok({ exitCode: exit.value, ...output.value }) : output;
};

/** The exit code of a container's program, or `late` when it still runs after `timeoutMs`. */
export const waitAtMost = async (
  engine: Engine,
  clock: Clock,
  container: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Result<number> | 'late'> => {
  const done = new AbortController();
  const stop = AbortSignal.any([signal, done.signal]);
  const late = clock.wait(timeoutMs, stop).then(
    () => 'late' as const,
    () => interrupted('The wait ended'),
  );
  try {
    return await Promise.race([engine.wait(container, stop), late]);
  } finally {
    done.abort();
  }
};

/** The config directory with these files in it, owned by the image's user and private to it. */
export const configTar = (files: ReadonlyMap<string, string>): Readable => {
  const archive = pack();
  const owner = { uid: nodeUser.uid, gid: nodeUser.gid };
  const root = configDir.slice(nodeUser.home.length + 1);
  archive.entry({ name: `${root}/`, type: 'directory', mode: 0o700, ...owner });
  for (const [path, content] of files) {
    archive.entry({ name: `${root}/${path}`, mode: 0o600, ...owner }, content);
  }
  archive.finalize();
  return Readable.from(archive);
};
