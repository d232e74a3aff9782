import { useEffect, useState } from 'react';
import { usePorts } from './ports-context.tsx';
import { useTheme } from './theme.ts';

/** Where nothing is to move by itself, times change this often. */
const stillMs = 10_000;

/** The time, read again every `intervalMs` by the clock of the ports. Milliseconds since the epoch. */
export const useNow = (intervalMs: number): number => {
  const { clock } = usePorts();
  const { spinner } = useTheme();
  const stepMs = spinner === null ? Math.max(intervalMs, stillMs) : intervalMs;
  const [now, setNow] = useState(clock.now());
  useEffect(() => {
    const stopping = new AbortController();
    const tick = async () => {
      while (!stopping.signal.aborted) {
        await clock.wait(stepMs, stopping.signal);
        setNow(clock.now());
      }
    };
    // The wait rejects when this is unmounted, which is how it ends.
    tick().catch(() => undefined);
    return () => stopping.abort();
  }, [clock, stepMs]);
  return now;
};
