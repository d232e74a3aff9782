import { createHash } from 'node:crypto';

const minute = 60_000;

/** Early enough for many machines to spread over, and little beside the eight hours that a token is good for. */
const mostJitterMs = 10 * minute;
const firstRetryMs = minute;
const lastRetryMs = 30 * minute;
/** Whatever the tokens say: the issuer is asked no more often. */
const leastPauseMs = minute;

/**
 * A number from 0 up to 1 that is always the same for the same texts, so that a refresh does not move about with every
 * look, and another one on every machine whose `seed` differs.
 */
export const spread = (seed: string, ...texts: readonly (string | number)[]): number => {
  const hash = createHash('sha256')
    .update(JSON.stringify([seed, ...texts]))
    .digest();
  return hash.readUInt32BE(0) / 2 ** 32;
};

/** What is known of a profile's last attempts. Milliseconds since the epoch. */
export interface Attempts {
  /** Failures since the last success. */
  readonly failures: number;
  readonly lastAttemptAt: number | null;
  /** When the tokens were last renewed by an attempt. */
  readonly refreshedAt: number | null;
}

export const noAttempts: Attempts = { failures: 0, lastAttemptAt: null, refreshedAt: null };

export interface DueInput {
  /** When the access token ends; null when that is not known. Milliseconds since the epoch. */
  readonly expiresAt: number | null;
  readonly marginMs: number;
  readonly attempts: Attempts;
  /** 0 up to 1, see `spread`. */
  readonly jitter: number;
}

/** How long after a failure it is tried again: longer each time, and not at the same moment as other machines. */
export const retryDelay = (failures: number, jitter: number): number => {
  const whole = Math.min(lastRetryMs, firstRetryMs * 2 ** Math.max(0, Math.min(failures, 30) - 1));
  return whole * (0.75 + jitter / 4);
};

/**
 * When a profile is to be refreshed next, in milliseconds since the epoch: a margin before its access token ends, and up to ten
 * minutes earlier. Tokens that live shorter than that are refreshed half way through their life. After failures the back-off
 * counts.
 */
export const dueAt = ({ expiresAt, marginMs, attempts, jitter }: DueInput): number => {
  const { failures, lastAttemptAt, refreshedAt } = attempts;
  const planned = plannedAt(expiresAt, marginMs, jitter, refreshedAt);
  if (failures > 0 && lastAttemptAt !== null)
    return Math.max(planned, lastAttemptAt + retryDelay(failures, jitter));
  return lastAttemptAt === null ? planned : Math.max(planned, lastAttemptAt + leastPauseMs);
};

const plannedAt = (
  expiresAt: number | null,
  marginMs: number,
  jitter: number,
  refreshedAt: number | null,
): number => {
  if (expiresAt === null) return Number.NEGATIVE_INFINITY;
  const planned = expiresAt - marginMs - jitter * Math.min(mostJitterMs, marginMs / 2);
  if (refreshedAt === null || expiresAt <= refreshedAt) return planned;
  return Math.max(planned, refreshedAt + (expiresAt - refreshedAt) / 2);
};

/** How long one wait lasts: a suspended machine does not count the time of a wait, so the clock is looked at in between. */
const sliceMs = 15_000;
/** A wait that took so much longer than it was to take was a suspend, or the clock was set. */
const suspendMs = 60_000;

export const waitSlice = (now: number, until: number): number => Math.max(0, Math.min(sliceMs, until - now));

/** How long the machine slept during a wait that was to last `sliceMs`; 0 when it did not. */
export const sleptFor = (startedAt: number, slice: number, endedAt: number): number => {
  const over = endedAt - startedAt - slice;
  return Math.abs(over) > suspendMs ? over : 0;
};
