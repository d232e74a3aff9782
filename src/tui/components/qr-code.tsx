import { Box } from 'ink';
import { renderUnicodeCompact } from 'uqr';
import { Text } from './text.tsx';
import { Words } from './words.tsx';

/** A link as a QR code, two squares a character; a sentence where it does not fit. */
export const QrCode = ({
  text,
  columns,
  rows,
}: {
  readonly text: string;
  readonly columns: number;
  readonly rows: number;
}) => {
  const lines = renderUnicodeCompact(text, { ecc: 'L', border: 1 }).split('\n');
  const fits = lines.length <= rows && (lines[0]?.length ?? 0) <= columns;
  if (!fits) {
    return (
      <Words>
        {`The QR code of this link needs ${lines[0]?.length ?? 0} columns and ${lines.length} rows here. Make the window larger or the letters smaller, or copy the link.`}
      </Words>
    );
  }
  return (
    <Box flexDirection="column">
      <Text>{lines.join('\n')}</Text>
    </Box>
  );
};
