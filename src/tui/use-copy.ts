import { useStdout } from 'ink';
import { usePorts } from './ports-context.tsx';

/** Puts text on the clipboard of the person's terminal, also over ssh (source: xterm, "OSC 52"). */
export const clipboardSequence = (text: string): string =>
  `\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`;

/**
 * Copies a text to the terminal's clipboard and to the host's, since each reaches people whom the other does not.
 * Whether the host took it; nobody knows of the terminal.
 */
export const useCopy = (): ((text: string) => Promise<boolean>) => {
  const { stdout } = useStdout();
  const { host } = usePorts();
  return async (text) => {
    stdout.write(clipboardSequence(text));
    return (await host.copy(text)).ok;
  };
};
