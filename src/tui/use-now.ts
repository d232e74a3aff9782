import { useEffect, useState } from 'react';
import { usePorts } from './ports-context.tsx';

/** The time, read again every `intervalMs` by the clock of the ports. Milliseconds since the epoch. */
export const useNow = (intervalMs: number): number => {
  const { clock } = usePorts();
  const [now, setNow] = useState(clock.now());
  useEffect(() => {
    const stopping = new AbortController();
    const tick = async () => {
      while (!stopping.signal.aborted) {
        await clock.wait(intervalMs, stopping.signal);
        setNow(clock.now());
      }
    };
    // The wait rejects when this is unmounted, which is how it ends.
    tick().catch(() => undefined);
    return () => stopping.abort();
  }, [clock, intervalMs]);
  return now;
};
