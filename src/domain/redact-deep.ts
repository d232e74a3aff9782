import { redact } from './redact.ts';

/** Keys whose values are secrets whatever they look like. Not `code`: our failures have one, and it tells nothing. */
const secretKeys = /^(?:access_?token|refresh_?token|id_?token|code_?verifier|authorization|password)$/i;

/**
 * The same value with every secret taken out of its texts, keys included. Unlike redacting its JSON it leaves the
 * structure whole. `also` is done to every text besides.
 */
export const redactDeep = (value: unknown, also: (text: string) => string = (text) => text): unknown => {
  if (typeof value === 'string') return also(redact(value));
  if (Array.isArray(value)) return value.map((part) => redactDeep(part, also));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      also(redact(key)),
      secretKeys.test(key) && part !== '' && part !== null ? '…' : redactDeep(part, also),
    ]),
  );
};
