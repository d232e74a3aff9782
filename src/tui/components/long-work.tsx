import { Box } from 'ink';
import { useState } from 'react';
import { formatElapsed } from '../format.ts';
import { useLongWork } from '../use-long-work.ts';
import { useNow } from '../use-now.ts';
import { Progress } from './progress.tsx';
import { Text } from './text.tsx';
import { Working } from './working.tsx';

export interface LongWorkProps {
  /** Since when, in milliseconds since the epoch; since it is on the screen when that is not given. */
  readonly since?: number | null;
  /** How much is done, between 0 and 1; null where that is not known. */
  readonly done?: number | null;
  /** What is going on, as a sentence. */
  readonly children: string;
}

/** Work that takes a while: what is going on, for how long, and how much of it is done. */
export const LongWork = ({ since = null, done = null, children }: LongWorkProps) => {
  useLongWork(true, done);
  const now = useNow(1000);
  const [began] = useState(now);
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Box justifyContent="space-between" gap={2}>
        <Working>{children}</Working>
        <Box flexShrink={0} aria-hidden>
          <Text>{formatElapsed(now - (since ?? began))}</Text>
        </Box>
      </Box>
      {done !== null && <Progress done={done} />}
    </Box>
  );
};
