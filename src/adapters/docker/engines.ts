import { realpath } from 'node:fs/promises';
import * as z from 'zod/mini';
import type { Failure } from '../../domain/failure.ts';
import type { EngineAttempt, EngineInfo, EngineSearch, EngineSource, Engines } from '../../ports/engine.ts';
import { attemptFailure } from './attempt-failure.ts';
import { type Candidate, engineCandidates, type SearchPlace } from './candidates.ts';
import { createEngine } from './engine.ts';
import type { EngineApi } from './engine-api.ts';
import { engineText } from './engine-errors.ts';
import { openApi } from './open-api.ts';

const versionSchema = z.object({
  Version: z.string(),
  ApiVersion: z.string(),
  Os: z.string(),
  Arch: z.string(),
  Platform: z.optional(z.object({ Name: z.optional(z.string()) })),
  Components: z.nullish(z.array(z.object({ Name: z.string() }))),
});

/** Finds an engine at the places of `engineCandidates`. */
export const createEngines = ({
  timeoutMs = 3000,
  interruption,
  ...place
}: SearchPlace & Pick<SearchOptions, 'interruption'> & { readonly timeoutMs?: number }): Engines => ({
  find: async (signal) =>
    searchCandidates(await engineCandidates(place), { env: place.env, timeoutMs, signal, interruption }),
});

interface SearchOptions {
  readonly env: SearchPlace['env'];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** A person's wish to leave: no answer of an engine that was found is waited for long any more. */
  readonly interruption?: AbortSignal | undefined;
}

/** Tries one after the other; each costs at most `timeoutMs`. A socket that several names lead to is tried once. */
export const searchCandidates = async (
  candidates: readonly Candidate[],
  options: SearchOptions,
): Promise<EngineSearch> => {
  const attempts: EngineAttempt[] = [];
  const tried = new Set<string>();
  for (const candidate of candidates) {
    if (options.signal.aborted) break;
    const identity = await identityOf(candidate);
    if (tried.has(identity)) continue;
    tried.add(identity);
    const found = await tryCandidate(candidate, options);
    if ('info' in found) return { engine: createEngine(found.api, found.info), attempts };
    attempts.push({ source: candidate.source, endpoint: candidate.address, failure: found });
  }
  return { engine: null, attempts };
};

const identityOf = async ({ endpoint, address }: Candidate): Promise<string> =>
  endpoint?.kind === 'socket' ? realpath(endpoint.path).catch(() => endpoint.path) : address;

const tryCandidate = async (
  candidate: Candidate,
  { env, timeoutMs, signal, interruption }: SearchOptions,
): Promise<{ readonly api: EngineApi; readonly info: EngineInfo } | Failure> => {
  const { source, address, endpoint, problem } = candidate;
  try {
    if (endpoint === null) throw new Error(problem);
    // Most places are not there at all, and dockerode need not be loaded to see that.
    if (endpoint.kind === 'socket') await realpath(endpoint.path);
    const api = await openApi(endpoint, env, interruption);
    const version = await api.json(
      { method: 'GET', path: '/version', limitMs: timeoutMs, signal },
      versionSchema,
    );
    return { api, info: infoOf(source, address, version) };
  } catch (error) {
    return attemptFailure(candidate, error);
  }
};

const infoOf = (
  source: EngineSource,
  endpoint: string,
  version: z.infer<typeof versionSchema>,
): EngineInfo => {
  const component = version.Components?.[0]?.Name ?? '';
  const named = /podman/i.test(component) ? 'Podman' : version.Platform?.Name || 'Docker Engine';
  return {
    source,
    endpoint,
    name: engineText(named, 60),
    version: engineText(version.Version, 40),
    apiVersion: engineText(version.ApiVersion, 20),
    platform: engineText(`${version.Os}/${version.Arch}`, 40),
  };
};
