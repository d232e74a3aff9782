import { useInput } from 'ink';
import { useEffect, useRef } from 'react';
import { usePorts } from './ports-context.tsx';
import { useSigns } from './terminal/signs-context.tsx';
import type { SignOfWork } from './terminal/terminal-signs.ts';

/** Work that ends within this is waited for; a person turns away from longer work. */
const longMs = 10_000;
/** Who has typed within this is there, and has perhaps ended the work. */
const presentMs = 3000;

/** Shows in the terminal's own signs that work goes on, and rings at the end of long work when nobody seems to be there. */
export const useLongWork = (working: boolean, done: number | null = null): void => {
  const signs = useSigns();
  const { clock } = usePorts();
  const work = useRef<SignOfWork | null>(null);
  const typedAt = useRef(0);
  useInput(
    () => {
      typedAt.current = clock.now();
    },
    { isActive: working },
  );
  useEffect(() => {
    if (!working) return;
    const since = clock.now();
    const mine = signs.begin();
    work.current = mine;
    return () => {
      mine.end();
      const now = clock.now();
      if (now - since > longMs && now - typedAt.current > presentMs) signs.bell();
    };
  }, [working, signs, clock]);
  useEffect(() => {
    if (working) work.current?.share(done);
  }, [working, done]);
};
