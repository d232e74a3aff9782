import { stripVTControlCharacters } from 'node:util';
import { $ZodError } from 'zod/v4/core';
import { type Failure, fail, interrupted, type Result } from '../../domain/failure.ts';

/** The engine did not answer within a call's time limit. */
export class EngineTimeout extends Error {
  readonly limitMs: number;
  constructor(limitMs: number) {
    super(`no answer within ${seconds(limitMs)}`);
    this.limitMs = limitMs;
  }
}

/** The engine answered with an error. */
export class EngineRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Something answered, and it was not a Docker engine. */
export class NotAnEngine extends Error {}

/** The connection ended in the middle of an answer. */
export class EngineLost extends Error {}

/** The caller's signal aborted the call. */
export class CallAborted extends Error {}

/** A call's time limit as people read it. */
const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 100) / 10} s`;

/** Text of an engine's as one short line: it may hold anything, so no escape sequences and no control characters get through. */
export const engineText = (text: string, limit = 200): string => {
  const line = stripVTControlCharacters(text)
    .replaceAll(/\p{C}+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '');
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
};

/** Words of Node's for a connection that could not be made or broke: code → what it means here. */
const lostCodes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: 'the connection was cut',
  ENOENT: 'its socket is gone',
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'its host name could not be looked up',
  EHOSTUNREACH: 'its host can not be reached',
  ENETUNREACH: 'its network can not be reached',
  ETIMEDOUT: 'its host does not answer',
  EPIPE: 'the connection was cut',
};

export const errorCode = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';

/** Node's codes for TLS trouble (source: OpenSSL's verify errors and Node's `ERR_TLS_` and `ERR_SSL_` families). */
export const isTlsTrouble = (code: string): boolean =>
  /^(?:ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA)/.test(
    code,
  );

/** Node's codes for an answer that is not HTTP. */
export const isGarbage = (code: string): boolean => code.startsWith('HPE_');

const again = 'see that the engine runs (`docker version`), then try again';

/** A failed call as a failure; what is no fault of the engine's is thrown again, because it is a bug. */
export const engineFailure = (what: string, cause: unknown): Failure => {
  const code = errorCode(cause);
  if (cause instanceof CallAborted) return interrupted(what).failure;
  if (cause instanceof EngineTimeout) {
    return { code: 'engine.timeout', what, why: `the engine gave ${cause.message}`, fix: again };
  }
  if (cause instanceof EngineRefusal) {
    const why = `the engine says: ${engineText(cause.message) || `HTTP status ${cause.status}`}`;
    return cause.status === 404
      ? { code: 'container.missing', what, why, fix: 'start this step again' }
      : { code: 'engine.refused', what, why, fix: 'change what the engine names, then try again' };
  }
  if (cause instanceof NotAnEngine || cause instanceof $ZodError || isGarbage(code)) {
    return { code: 'engine.refused', what, why: 'the answer was not that of a Docker engine', fix: again };
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return { code: 'engine.permission', what, why: 'the engine can not be reached as this user', fix: again };
  }
  if (isTlsTrouble(code)) {
    return { code: 'engine.lost', what, why: `TLS: ${engineText((cause as Error).message)}`, fix: again };
  }
  if (cause instanceof EngineLost || code in lostCodes || /socket hang up|aborted/.test(String(cause))) {
    return { code: 'engine.lost', what, why: lostCodes[code] ?? 'the connection was cut', fix: again };
  }
  throw cause;
};

/** Runs a call of the engine; its failures become a result that begins with `what`. */
export const answered = async <T>(what: string, work: () => Promise<Result<T>>): Promise<Result<T>> => {
  try {
    return await work();
  } catch (cause) {
    return { ok: false, failure: engineFailure(what, cause) };
  }
};

export const containerMissing = (what: string, why: string): Result<never> =>
  fail('container.missing', what, why, 'start this step again');
