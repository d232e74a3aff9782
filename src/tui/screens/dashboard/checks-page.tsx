import { Box, useWindowSize } from 'ink';
import { useState } from 'react';
import type { Finding, FindingStatus } from '../../../domain/checks/report.ts';
import { redact } from '../../../domain/redact.ts';
import { findingWords } from '../../components/findings.tsx';
import { Page } from '../../components/page.tsx';
import { moveFocus, movingBindings } from '../../components/select-state.ts';
import { Text } from '../../components/text.tsx';
import { useWrap } from '../../components/words.tsx';
import type { Binding } from '../../keys.ts';
import { useTheme } from '../../theme.ts';
import type { ProfileRow } from './profile-rows.ts';

/** Header, rule, title, blank, position, keys. */
const around = 6;

interface Line {
  readonly key: string;
  /** Only at the first line of a finding. */
  readonly mark: FindingStatus | null;
  readonly text: string;
}

export interface ChecksPageProps {
  readonly row: ProfileRow;
  readonly about: string;
  readonly bindings: readonly Binding[];
}

/** Every finding about a profile, with its fix; scrolled where they are more than there is room for. */
export const ChecksPage = ({ row: { profile, report }, about, bindings }: ChecksPageProps) => {
  const { rows } = useWindowSize();
  const wrap = useWrap();
  const { finding: marks, styles, symbols } = useTheme();
  const [top, setTop] = useState(0);
  const lines = (report?.findings ?? []).flatMap((finding) => linesOf(finding, (text) => wrap(text, 2)));
  const height = Math.max(1, rows - around);
  const last = Math.max(0, lines.length - height);
  const first = Math.min(top, last);
  const shown = lines.slice(first, first + height);
  const scrolling = movingBindings('scroll', (key) => setTop(moveFocus(first, key, last + 1)));
  return (
    <Page
      title={`The checks of ${profile.name}`}
      about={about}
      bindings={[...bindings, ...scrolling]}
      outcome="completed"
    >
      <Box flexDirection="column" flexShrink={0}>
        {shown.map(({ key, mark, text }) => (
          <Box key={key} height={1} flexShrink={0}>
            <Box width={2} flexShrink={0}>
              {mark && <Text {...marks[mark].style}>{marks[mark].symbol}</Text>}
            </Box>
            <Text wrap="truncate-end">{text}</Text>
          </Box>
        ))}
        {last > 0 && (
          <Text {...styles.faint}>
            {`  ${first + 1}-${first + shown.length} of ${lines.length} lines` +
              `${first > 0 ? `  ${symbols.more.above} more` : ''}${first < last ? `  ${symbols.more.below} more` : ''}`}
          </Text>
        )}
      </Box>
    </Page>
  );
};

const linesOf = ({ id, status, summary, fix }: Finding, wrap: (text: string) => string): readonly Line[] =>
  wrap(redact(`${findingWords[status]}: ${summary}${fix ? `\nFix: ${fix}` : ''}`))
    .split('\n')
    .map((text, line) => ({ key: `${id} ${line}`, mark: line === 0 ? status : null, text }));
