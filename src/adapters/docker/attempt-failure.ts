import { $ZodError } from 'zod/v4/core';
import type { Failure, FailureCode } from '../../domain/failure.ts';
import type { Candidate } from './candidates.ts';
import {
  CallAborted,
  EngineLost,
  EngineRefusal,
  EngineTimeout,
  engineText,
  errorCode,
  isGarbage,
  isTlsTrouble,
  NotAnEngine,
} from './engine-errors.ts';

interface Reason {
  readonly code: FailureCode;
  readonly why: string;
  readonly fix: string;
}

/** One way a candidate fails, the first that applies counts. */
const reasons: readonly {
  readonly applies: (error: unknown, code: string, candidate: Candidate) => boolean;
  readonly reason: (error: unknown, candidate: Candidate) => Reason;
}[] = [
  {
    applies: (_error, code) => code === 'ENOENT' || code === 'ENOTDIR',
    reason: () => ({
      code: 'engine.missing',
      why: 'there is no such socket',
      fix: 'install Docker, or start it (`sudo systemctl start docker`, or open Docker Desktop)',
    }),
  },
  {
    applies: (_error, code, { endpoint }) => code === 'EACCES' && endpoint?.kind === 'tcp',
    reason: () => ({
      code: 'engine.permission',
      why: 'TLS: its certificates can not be read by this user',
      fix: 'change the owner or the mode of the files in DOCKER_CERT_PATH',
    }),
  },
  {
    applies: (_error, code, { source }) => code === 'EACCES' && source === 'podman',
    reason: () => ({
      code: 'engine.permission',
      why: 'permission denied',
      fix: 'use rootless Podman (`systemctl --user start podman.socket`)',
    }),
  },
  {
    applies: (_error, code) => code === 'EACCES' || code === 'EPERM',
    reason: () => ({
      code: 'engine.permission',
      why: 'permission denied',
      fix: 'join the group docker (`sudo usermod -aG docker $USER`, then log in again), or use rootless Docker',
    }),
  },
  {
    applies: (error) => error instanceof EngineTimeout,
    reason: (error) => ({
      code: 'engine.timeout',
      why: `it takes the connection and gives ${(error as EngineTimeout).message}`,
      fix: 'restart the engine (`sudo systemctl restart docker`, or restart Docker Desktop)',
    }),
  },
  {
    applies: (error) => error instanceof CallAborted,
    reason: () => ({ code: 'interrupted', why: 'the search was interrupted', fix: 'search again' }),
  },
  {
    applies: (error) =>
      error instanceof EngineRefusal && /HTTP request to an HTTPS server/i.test(error.message),
    reason: () => ({
      code: 'engine.refused',
      why: 'TLS: the engine wants TLS',
      fix: 'set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH',
    }),
  },
  {
    applies: (error) => error instanceof EngineRefusal && error.status !== 404,
    reason: (error) => ({
      code: 'engine.refused',
      why: `it answers: ${engineText((error as EngineRefusal).message) || `HTTP status ${(error as EngineRefusal).status}`}`,
      fix: 'see what the engine wants (`docker version`)',
    }),
  },
  {
    applies: (_error, code) => isTlsTrouble(code),
    reason: (error) => ({
      code: 'engine.refused',
      why: `TLS: ${engineText((error as Error).message)}`,
      fix: 'check the certificates in DOCKER_CERT_PATH or of the docker context, and whether the engine speaks TLS at all',
    }),
  },
  {
    applies: (_error, code) => code === 'ECONNREFUSED',
    reason: () => ({
      code: 'engine.missing',
      why: 'nobody listens there',
      fix: 'start Docker (`sudo systemctl start docker`, or open Docker Desktop)',
    }),
  },
  {
    applies: (_error, code) =>
      ['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'].includes(code),
    reason: (_error, { address }) => ({
      code: 'engine.missing',
      why: 'its host can not be reached',
      fix: `check the address ${address} and the network`,
    }),
  },
  {
    applies: (error, code) => error instanceof EngineLost || ['ECONNRESET', 'EPIPE'].includes(code),
    reason: (error) => ({
      code: 'engine.lost',
      why:
        error instanceof EngineLost
          ? engineText(error.message)
          : 'it closes the connection without an answer',
      fix: 'restart the engine, and look into its log',
    }),
  },
  {
    applies: (error, code) =>
      error instanceof NotAnEngine ||
      error instanceof EngineRefusal ||
      error instanceof $ZodError ||
      isGarbage(code),
    reason: () => ({
      code: 'engine.refused',
      why: 'something answers there, and it is not a Docker engine',
      fix: 'stop what listens there, or name another address in DOCKER_HOST',
    }),
  },
  {
    applies: () => true,
    reason: (error) => ({
      code: 'engine.lost',
      why: engineText(error instanceof Error ? error.message : String(error)),
      fix: 'see that the engine runs (`docker version`)',
    }),
  },
];

/** Why a candidate was not taken. */
export const attemptFailure = (candidate: Candidate, error: unknown): Failure => {
  const what = `No engine at ${candidate.address}`;
  if (candidate.endpoint === null) return { ...unusable(candidate), what };
  const found = reasons.find(({ applies }) => applies(error, errorCode(error), candidate));
  if (found === undefined) throw error;
  const { code, why, fix } = found.reason(error, candidate);
  return { code, what, why, fix: `${fix}${elsewhere(candidate)}` };
};

const unusable = ({ source, problem }: Candidate): Reason => ({
  code: 'engine.missing',
  why: problem,
  fix:
    source === 'DOCKER_HOST'
      ? 'correct DOCKER_HOST, or unset it to have the usual places searched'
      : 'choose another context (`docker context use default`)',
});

/** A person who has named the engine is told that nothing else was tried. */
const elsewhere = ({ source }: Candidate): string =>
  source === 'DOCKER_HOST' ? '; only DOCKER_HOST was tried, unset it to search the usual places' : '';
