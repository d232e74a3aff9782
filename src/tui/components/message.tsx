import { StatusMessage, type StatusMessageProps } from '@inkjs/ui';
import { Box } from 'ink';
import { useWrap } from './words.tsx';

/** A sentence with the symbol of what it means. */
export const Message = ({
  variant,
  children,
}: Pick<StatusMessageProps, 'variant'> & { readonly children: string }) => {
  const wrap = useWrap();
  return (
    <Box flexShrink={0}>
      <StatusMessage variant={variant}>{wrap(children, 2)}</StatusMessage>
    </Box>
  );
};
