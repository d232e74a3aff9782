import { Box } from 'ink';
import type { CheckId, CheckReport, FindingStatus } from '../../../domain/checks/report.ts';
import { Text } from '../../components/text.tsx';
import { useTheme } from '../../theme.ts';
import { type ChecksPlace, checksWidth } from './session-layout.ts';

/** What is watched while somebody signs in, in the words of the pane. */
const watched: readonly (readonly [CheckId, string])[] = [
  ['credentials.present', 'file'],
  ['credentials.empty', 'size'],
  ['credentials.shape', 'shape'],
  ['credentials.permissions', 'mode'],
  ['credentials.scopes', 'scopes'],
  ['token.expiry', 'expiry'],
];

/** Before the file is there nothing is wrong: it is only not there yet. */
const words: Record<FindingStatus, string> = { pass: 'fine', warn: 'look', fail: 'bad', skip: 'waiting' };

interface LiveCheck {
  readonly id: CheckId;
  readonly label: string;
  readonly status: FindingStatus;
}

/** The watched checks of a report. What depends on a file that is not there yet is waited for. */
export const liveChecks = (report: CheckReport | null): readonly LiveCheck[] => {
  const statusOf = (id: CheckId): FindingStatus =>
    report?.findings.find((finding) => finding.id === id)?.status ?? 'skip';
  const present = statusOf('credentials.present') === 'pass';
  // Text that is no JSON has no shape either.
  const shape = statusOf('credentials.json') === 'fail' ? 'fail' : statusOf('credentials.shape');
  return watched.map(([id, label]) => ({
    id,
    label,
    status: present ? (id === 'credentials.shape' ? shape : statusOf(id)) : 'skip',
  }));
};

/** The live checks over the files that the session writes. */
export const LiveChecks = ({
  report,
  place,
}: {
  readonly report: CheckReport | null;
  readonly place: ChecksPlace;
}) => {
  const { finding, styles } = useTheme();
  const checks = liveChecks(report);
  const items = checks.map(({ id, label, status }) => (
    <Box key={id} width={place === 'line' ? undefined : 22} flexShrink={0}>
      <Text wrap="truncate-end">
        <Text {...finding[status].style}>{finding[status].symbol}</Text>
        {place === 'line' ? ` ${label}` : ` ${label.padEnd(7)} ${words[status]}`}
      </Text>
    </Box>
  ));
  if (place === 'line') {
    return (
      <Box height={1} gap={2} flexShrink={0}>
        {items}
      </Box>
    );
  }
  if (place === 'below') {
    return (
      <Box flexWrap="wrap" columnGap={3} height={2} flexShrink={0}>
        {items}
      </Box>
    );
  }
  return (
    <Box flexDirection="column" width={checksWidth - 1} flexShrink={0} paddingLeft={1}>
      <Text {...styles.strong}>Captured files, live</Text>
      {items}
    </Box>
  );
};
