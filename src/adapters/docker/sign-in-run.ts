import { posix } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { fail, ok, type Result } from '../../domain/failure.ts';
import type { Engine } from '../../ports/engine.ts';
import type { SignInRun } from '../../ports/runtime.ts';
import { configDir, removeSurely } from './our-containers.ts';

type RunFacts = Pick<SignInRun, 'id' | 'profile' | 'method' | 'startedAt' | 'session'>;

const inConfigDir = (path: string): string => posix.join(configDir, path);

/** A sign-in in a container. The container keeps its files after its program has ended, until `remove`. */
export const createSignInRun = (engine: Engine, facts: RunFacts): SignInRun => ({
  ...facts,
  stat: (path) => engine.stat(facts.id, inConfigDir(path)),
  read: (path, limit) => readFile(engine, facts.id, inConfigDir(path), limit),
  // The engine names entries `./…` when the path ends in a dot (source: moby, `TarResourceRebase`).
  download: (signal) => engine.download(facts.id, `${configDir}/.`, signal),
  remove: () => removeSurely(engine, facts.id),
});

/** A file of a container; null when it is not there. */
export const readFile = async (
  engine: Engine,
  container: string,
  path: string,
  limit: number,
): Promise<Result<Uint8Array | null>> => {
  const enough = new AbortController();
  const archive = await engine.download(container, path, enough.signal);
  if (!archive.ok) {
    // The engine's words for "no such file" and "no such container" differ from one to the next; a look tells them apart.
    return archive.failure.code === 'container.missing'
      ? missingOrGone(engine, container, path, archive)
      : archive;
  }
  try {
    return ok(await firstFile(archive.value, limit));
  } catch {
    return fail('engine.lost', `${posix.basename(path)} was not read`, 'the connection was cut', 'try again');
  } finally {
    enough.abort();
    archive.value.destroy();
  }
};

const missingOrGone = async (
  engine: Engine,
  container: string,
  path: string,
  missing: Result<never>,
): Promise<Result<null>> => {
  const parent = await engine.stat(container, posix.dirname(path));
  if (!parent.ok) return parent;
  return parent.value === null && posix.dirname(path) === configDir ? missing : ok(null);
};

/** The first `limit` bytes of the first entry, or null when that is no regular file. */
const firstFile = async (tar: Readable, limit: number): Promise<Uint8Array | null> => {
  const entries = extract();
  const reading = pipeline(tar, new PassThrough(), entries).catch((error) => entries.destroy(error));
  for await (const entry of entries) {
    if (entry.header.type !== 'file') return null;
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of entry as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= limit) break;
    }
    return Buffer.concat(chunks).subarray(0, limit);
  }
  await reading;
  return null;
};
