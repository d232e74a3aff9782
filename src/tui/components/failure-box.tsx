import { Alert } from '@inkjs/ui';
import { Box } from 'ink';
import type { Failure } from '../../domain/failure.ts';
import { plainText } from '../../domain/plain-text.ts';
import { redact } from '../../domain/redact.ts';
import { useWrap } from './words.tsx';

/** Border, padding and icon of the box, in columns. */
const inset = 6;

/** A failure: what happened, why, and what to do about it. */
export const FailureBox = ({ failure: { what, why, fix } }: { readonly failure: Failure }) => {
  const wrap = useWrap();
  return (
    <Box flexShrink={0}>
      <Alert variant="error" title={wrap(plainText(redact(what)), inset)}>
        {wrap(`Why: ${plainText(redact(why))}\nFix: ${plainText(redact(fix))}`, inset)}
      </Alert>
    </Box>
  );
};
