import { Box } from 'ink';
import type { StepMark } from '../../domain/wizard/wizard.ts';
import { useTheme } from '../theme.ts';
import { Text } from './text.tsx';

/** For those who hear it. */
const words: Readonly<Record<StepMark, string>> = { finished: 'done', current: 'now', ahead: 'to come' };

/** Where the wizard stands: finished steps, the current one, those ahead. */
export const Stepper = ({
  steps,
}: {
  readonly steps: readonly { readonly title: string; readonly mark: StepMark }[];
}) => {
  const { step, styles } = useTheme();
  return (
    <Box height={1} flexShrink={0} paddingX={1} gap={1}>
      {steps.map(({ title, mark }) => (
        <Text key={title} wrap="truncate-end" aria-label={`${title}: ${words[mark]},`}>
          <Text {...step[mark].style}>{step[mark].symbol} </Text>
          <Text {...(mark === 'current' ? styles.accent : mark === 'ahead' ? styles.faint : {})}>
            {title}
          </Text>
        </Text>
      ))}
    </Box>
  );
};
