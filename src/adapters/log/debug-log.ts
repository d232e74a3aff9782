import { appendFileSync, chmodSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { plainJson } from '../../domain/plain-text.ts';
import { redactDeep } from '../../domain/redact-deep.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DebugLog } from '../../ports/debug-log.ts';

export interface DebugLogInput {
  readonly file: string;
  readonly clock: Clock;
  /** Bytes after which a file is put away; the two before are kept as `.1` and `.2`. */
  readonly rotateAt?: number;
}

/**
 * One JSON object a line, redacted, in `file`, 0600. Written at once, so that a crash leaves what led to it. A log that can't be written is given
 * up in silence: it must never be the reason why a command fails.
 */
export const createDebugLog = ({ file, clock, rotateAt = 1024 * 1024 }: DebugLogInput): DebugLog => {
  let usable = true;
  return {
    file,
    event(name, fields) {
      if (!usable) return;
      const line = plainJson({
        time: new Date(clock.now()).toISOString(),
        pid: process.pid,
        event: name,
        ...(redactDeep(fields) as object),
      });
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        rotate(file, rotateAt);
        appendFileSync(file, `${line}\n`, { mode: 0o600 });
        chmodSync(file, 0o600);
      } catch {
        usable = false;
      }
    },
  };
};

const rotate = (file: string, rotateAt: number): void => {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size < rotateAt) return;
  if (statSync(`${file}.1`, { throwIfNoEntry: false })) renameSync(`${file}.1`, `${file}.2`);
  renameSync(file, `${file}.1`);
};
