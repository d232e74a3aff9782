import { posix } from 'node:path';
import { ok, type Result } from '../../domain/failure.ts';
import type { Engine } from '../../ports/engine.ts';
import { readFile } from './sign-in-run.ts';

// Of what holds a login that is nowhere else, "it is not there" is taken from the engine only when the container's keeper
// says so as well, where it has one: an engine that was restarted may have lost sight of what is in memory.

/** A file of a container; null when it is not there. */
export const readKept = async (
  engine: Engine,
  container: string,
  path: string,
  limit: number,
): Promise<Result<Uint8Array | null>> => {
  const read = await readFile(engine, container, path, limit);
  if (!read.ok || read.value !== null) return read;
  const kept = await engine.askKeeper(container, posix.dirname(path), ['cat', path]);
  if (!kept.ok || kept.value === null) return kept.ok ? ok(null) : kept;
  return ok(new TextEncoder().encode(kept.value).subarray(0, limit));
};

/** When something in a container was changed last, in milliseconds since the epoch; null when it is not there. */
export const modifiedAtOfKept = async (
  engine: Engine,
  container: string,
  path: string,
): Promise<Result<number | null>> => {
  const seen = await engine.stat(container, path);
  if (!seen.ok || seen.value !== null) return seen.ok ? ok(seen.value?.modifiedAt ?? null) : seen;
  const kept = await engine.askKeeper(container, posix.dirname(path), ['stat', '-c', '%Y', path]);
  return kept.ok ? ok(kept.value === null ? null : Number(kept.value) * 1000) : kept;
};
