import { ThemeProvider } from '@inkjs/ui';
import { useState } from 'react';
import type { Ports } from '../ports/ports.ts';
import type { Leaving } from './chrome.ts';
import { PortsContext } from './ports-context.tsx';
import { Dashboard } from './screens/dashboard/dashboard-screen.tsx';
import type { Keyboard } from './terminal/keyboard.ts';
import { KeyboardContext } from './terminal/keyboard-context.ts';
import { createTheme, ThemeContext } from './theme.ts';
import type { WizardStart } from './use-wizard.ts';
import { WizardView } from './wizard.tsx';

/** What to open first. */
export type Start = ({ readonly screen: 'wizard' } & WizardStart) | { readonly screen: 'dashboard' };

export interface AppProps {
  readonly ports: Ports;
  readonly keyboard: Keyboard;
  readonly start: Start;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the program is asked to end from outside. */
  readonly ending: AbortSignal;
  readonly onLeave: (leaving: Leaving, profile: string | null) => void;
}

export const App = ({ ports, keyboard, start, env, ending, onLeave }: AppProps) => {
  const [screen, setScreen] = useState(start);
  const [theme] = useState(() => createTheme(env));
  return (
    <PortsContext value={ports}>
      <KeyboardContext value={keyboard}>
        <ThemeContext value={theme}>
          <ThemeProvider theme={theme.ui}>
            {screen.screen === 'wizard' ? (
              <WizardView start={screen} ending={ending} onLeave={onLeave} />
            ) : (
              <Dashboard
                ending={ending}
                onOpen={(wizard) => setScreen({ screen: 'wizard', ...wizard })}
                onLeave={(leaving) => onLeave(leaving, null)}
              />
            )}
          </ThemeProvider>
        </ThemeContext>
      </KeyboardContext>
    </PortsContext>
  );
};
