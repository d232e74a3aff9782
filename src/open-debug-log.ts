import { createDebugLog } from './adapters/log/debug-log.ts';
import { withLog } from './log-ports.ts';
import type { DebugLog } from './ports/debug-log.ts';
import type { Ports } from './ports/ports.ts';

/** The ports with every call written to the debug log. In a file of its own, so that nobody else loads it. */
export const openDebugLog = (ports: Ports): { readonly ports: Ports; readonly log: DebugLog } => {
  const log = createDebugLog({ file: ports.logReader.file, clock: ports.clock });
  return { ports: withLog(ports, log), log };
};
