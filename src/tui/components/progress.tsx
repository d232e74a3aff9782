import { ProgressBar } from '@inkjs/ui';
import { Box } from 'ink';
import { Text } from './text.tsx';

/** How much of something is done, as a bar and in numbers. `done` is between 0 and 1. */
export const Progress = ({ done }: { readonly done: number }) => {
  const percent = Math.max(0, Math.min(100, Math.floor(done * 100)));
  return (
    <Box gap={1} height={1} flexShrink={0}>
      <Box flexGrow={1} aria-hidden>
        <ProgressBar value={percent} />
      </Box>
      <Box width={4} flexShrink={0} justifyContent="flex-end">
        <Text>{`${percent}%`}</Text>
      </Box>
    </Box>
  );
};
