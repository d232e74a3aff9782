import { useStdout } from 'ink';
import { createContext, type ReactNode, useContext, useLayoutEffect, useState } from 'react';
import type { Environment } from '../../domain/terminal-look.ts';
import { createTerminalSigns, type TerminalSigns } from './terminal-signs.ts';

const SignsContext = createContext<TerminalSigns>(createTerminalSigns(() => {}, {}));

export const useSigns = (): TerminalSigns => useContext(SignsContext);

interface SignsProps {
  readonly env: Environment;
  readonly children: ReactNode;
}

/** The signs of the terminal that the screens are drawn on; taken back with them, on every way out. */
export const Signs = ({ env, children }: SignsProps) => {
  const { stdout } = useStdout();
  const [signs] = useState(() => createTerminalSigns((text) => stdout.write(text), env));
  useLayoutEffect(() => () => signs.close(), [signs]);
  return <SignsContext value={signs}>{children}</SignsContext>;
};
