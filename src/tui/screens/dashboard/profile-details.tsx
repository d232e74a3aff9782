import { Box, type TextProps } from 'ink';
import { failureLine } from '../../../domain/failure.ts';
import type { RuntimeKind } from '../../../domain/profile.ts';
import { redact } from '../../../domain/redact.ts';
import { sameLoginWarning } from '../../../domain/same-logins.ts';
import { Findings } from '../../components/findings.tsx';
import { Text } from '../../components/text.tsx';
import { Words } from '../../components/words.tsx';
import { formatElapsed } from '../../format.ts';
import { usePorts } from '../../ports-context.tsx';
import { type Theme, useTheme } from '../../theme.ts';
import { cellsOf, type ProfileRow } from './profile-rows.ts';
import type { RowWork } from './use-row-work.ts';

interface Detail {
  readonly symbol: string;
  readonly style: TextProps;
  readonly text: string;
}

export interface ProfileDetailsProps {
  readonly row: ProfileRow;
  readonly work: RowWork | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Lines; what there is no room for is left out, the least telling first. */
  readonly height: number;
}

/** Lines from which on there is room for every check. */
const roomForAll = 21;

/** What there is to say about the profile that has the focus. */
export const ProfileDetails = ({ row, work, now, height }: ProfileDetailsProps) => {
  const { homeDir } = usePorts().host;
  const theme = useTheme();
  const details = detailsOf(row, work, { home: homeDir, now }, theme);
  const findings = height < roomForAll ? [] : (row.report?.findings ?? []);
  return (
    <Box flexDirection="column" height={height} flexShrink={0} overflow="hidden">
      {details.map(({ symbol, style, text }) => (
        <Box key={text} flexShrink={0}>
          <Box width={2} flexShrink={0}>
            <Text {...style}>{symbol}</Text>
          </Box>
          <Words inset={2}>{redact(text)}</Words>
        </Box>
      ))}
      {findings.length > 0 && (
        <Box flexDirection="column" flexShrink={0} paddingTop={1}>
          <Findings findings={findings} all />
        </Box>
      )}
    </Box>
  );
};

const detailsOf = (
  row: ProfileRow,
  work: RowWork | undefined,
  { home, now }: { readonly home: string; readonly now: number },
  { finding, symbols, styles }: Theme,
): readonly Detail[] => {
  const { report, sharedBy } = row;
  const { account, organization, plan, directory } = cellsOf(row, home, 0);
  const who = [account, organization, plan === '-' ? '-' : `plan ${plan}`].filter((text) => text !== '-');
  const said = work === undefined ? null : saidOf(work, now);
  const trouble = report?.findings.find(({ status }) => status === report.status && status !== 'pass');
  const plainly = { symbol: symbols.bullet, style: styles.faint };
  return [
    ...(said
      ? [
          {
            ...(work?.status === 'failed' ? finding.fail : work?.status === 'done' ? finding.pass : plainly),
            text: said,
          },
        ]
      : []),
    ...(report && trouble
      ? [
          {
            ...finding[report.status],
            text: `${trouble.summary}${trouble.fix ? `. Fix: ${trouble.fix}` : ''}`,
          },
        ]
      : []),
    ...(sharedBy.length > 0 ? [{ ...finding.warn, text: sameLoginWarning(sharedBy, row.profile.name) }] : []),
    ...(who.length > 0 ? [{ ...plainly, text: who.join(', ') }] : []),
    { ...plainly, text: `${directory}, ${runtimeWords[row.profile.runtime]}` },
  ];
};

const runtimeWords: Readonly<Record<RuntimeKind, string>> = {
  docker: 'the CLI runs in a container',
  sandbox: 'the CLI runs on this machine',
};

const saidOf = (work: RowWork, now: number): string => {
  if (work.status === 'failed') return failureLine(work.failure);
  if (work.status === 'done') return work.text;
  return `${work.text || work.words.doing} (${formatElapsed(now - work.since)})`;
};
