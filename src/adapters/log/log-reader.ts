import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogReader } from '../../ports/debug-log.ts';

const limitBytes = 256 * 1024;

/** Where the debug log of a settings home is. */
const logFileOf = (home: string): string => join(home, 'logs', 'debug.log');

export const createLogReader = (home: string): LogReader => {
  const file = logFileOf(home);
  return {
    file,
    async tail(lines) {
      const handle = await open(file, 'r').catch(() => null);
      if (handle === null) return [];
      try {
        const { size } = await handle.stat();
        const start = Math.max(0, size - limitBytes);
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
        return buffer.subarray(0, bytesRead).toString().split('\n').filter(Boolean).slice(-lines);
      } finally {
        await handle.close();
      }
    },
  };
};
