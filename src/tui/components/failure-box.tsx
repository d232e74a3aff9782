import { Alert } from '@inkjs/ui';
import { Box } from 'ink';
import type { Failure } from '../../domain/failure.ts';
import { redact } from '../../domain/redact.ts';

/** A failure: what happened, why, and what to do about it. */
export const FailureBox = ({ failure }: { readonly failure: Failure }) => (
  <Box flexShrink={0}>
    <Alert variant="error" title={redact(failure.what)}>
      {`Why: ${redact(failure.why)}\nFix: ${redact(failure.fix)}`}
    </Alert>
  </Box>
);
