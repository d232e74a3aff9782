import { useWindowSize } from 'ink';
import { useMemo } from 'react';
import type { FindingStatus } from '../../../domain/checks/report.ts';
import { rollUp, rollUpParts } from '../../../domain/profile-health.ts';
import { Text } from '../../components/text.tsx';
import { useTheme } from '../../theme.ts';
import type { ProfileRow } from './profile-rows.ts';

const between = '   ';

const partsOf = (rows: readonly ProfileRow[]): readonly (readonly [FindingStatus, string])[] => {
  const reports = rows.flatMap(({ report }) => report ?? []);
  const shared = rows.filter(({ sharedBy }) => sharedBy.length > 0).length;
  const unseen = rows.length - reports.length;
  return [
    ...rollUpParts(rollUp(reports)),
    ...(shared > 0 ? [['warn', `${shared} share an account`] as const] : []),
    ...(unseen > 0 ? [['skip', `looking at ${unseen}`] as const] : []),
  ];
};

/** How many profiles need a person, and how the others are, in one line. */
export const RollUpLine = ({ rows }: { readonly rows: readonly ProfileRow[] }) => {
  const { finding } = useTheme();
  const { columns } = useWindowSize();
  const parts = [...useMemo(() => partsOf(rows), [rows])];
  const width = () =>
    parts.reduce((sum, [, text]) => sum + text.length + 2 + between.length, -between.length);
  while (parts.length > 1 && width() > columns - 2) parts.pop();
  return (
    <Text wrap="truncate-end">
      {parts.map(([status, text], place) => (
        <Text key={text}>
          {place > 0 ? between : ''}
          <Text {...finding[status].style}>{finding[status].symbol}</Text> {text}
        </Text>
      ))}
    </Text>
  );
};
