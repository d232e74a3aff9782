import { Box } from 'ink';
import type { Finding, FindingStatus } from '../../domain/checks/report.ts';
import { redact } from '../../domain/redact.ts';
import { useTheme } from '../theme.ts';
import { Text } from './text.tsx';
import { Words } from './words.tsx';

/** What stands before a finding, so that neither its colour nor its symbol alone has to tell it. */
export const findingWords: Readonly<Record<FindingStatus, string>> = {
  pass: 'fine',
  warn: 'needs a look',
  fail: 'failed',
  skip: 'not needed',
};

/** Findings of checks: trouble one by one with its fix, the rest folded into a line unless `all` are wanted. */
export const Findings = ({
  findings,
  all,
}: {
  readonly findings: readonly Finding[];
  readonly all: boolean;
}) => {
  const { finding: marks } = useTheme();
  const shown = findings.filter(({ status }) => all || isTrouble(status));
  const passed = findings.filter(({ status }) => status === 'pass').length;
  return (
    <Box flexDirection="column" flexShrink={0}>
      {shown.map(({ id, status, summary, fix }) => (
        <Box key={id} flexShrink={0}>
          <Box width={2} flexShrink={0}>
            <Text {...marks[status].style}>{marks[status].symbol}</Text>
          </Box>
          <Words inset={2}>
            {redact(`${findingWords[status]}: ${summary}${isTrouble(status) && fix ? `. Fix: ${fix}` : ''}`)}
          </Words>
        </Box>
      ))}
      {!all && (
        <Text>
          <Text {...marks.pass.style}>{marks.pass.symbol}</Text>
          {shown.length === 0 ? ` All ${passed} checks passed` : ` ${passed} other checks passed`}
        </Text>
      )}
    </Box>
  );
};

const isTrouble = (status: FindingStatus): boolean => status === 'warn' || status === 'fail';
