import { ThemeProvider } from '@inkjs/ui';
import { useState } from 'react';
import type { Failure } from '../domain/failure.ts';
import type { Ports } from '../ports/ports.ts';
import type { Leaving } from './chrome.ts';
import { PortsContext } from './ports-context.tsx';
import { Dashboard } from './screens/dashboard/dashboard-screen.tsx';
import { TroubleshootScreen } from './screens/troubleshoot/troubleshoot-screen.tsx';
import type { TroubleshootStart } from './screens/troubleshoot/use-troubleshoot.ts';
import type { Keyboard } from './terminal/keyboard.ts';
import { KeyboardContext } from './terminal/keyboard-context.ts';
import { createTheme, ThemeContext } from './theme.ts';
import type { WizardStart } from './use-wizard.ts';
import { WizardView } from './wizard.tsx';

/** What to open first. */
export type Start =
  | ({ readonly screen: 'wizard' } & WizardStart)
  | { readonly screen: 'dashboard' }
  | ({ readonly screen: 'troubleshoot' } & TroubleshootStart);

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
  const [cameFrom, setCameFrom] = useState<Start | null>(null);
  const troubleshoot = (from: Start, profile: string | null, failure: Failure | null) => {
    setCameFrom(from);
    setScreen({ screen: 'troubleshoot', profile, failure });
  };
  const [theme] = useState(() => createTheme(env));
  return (
    <PortsContext value={ports}>
      <KeyboardContext value={keyboard}>
        <ThemeContext value={theme}>
          <ThemeProvider theme={theme.ui}>
            {screen.screen === 'wizard' && (
              <WizardView
                start={screen}
                ending={ending}
                onTroubleshoot={(profile, failure) => troubleshoot(screen, profile, failure)}
                onLeave={onLeave}
              />
            )}
            {screen.screen === 'dashboard' && (
              <Dashboard
                ending={ending}
                onOpen={(wizard) => setScreen({ screen: 'wizard', ...wizard })}
                onTroubleshoot={(profile) => troubleshoot(screen, profile, null)}
                onLeave={(leaving) => onLeave(leaving, null)}
              />
            )}
            {screen.screen === 'troubleshoot' && (
              <TroubleshootScreen
                start={screen}
                ending={ending}
                onOpen={(wizard) => setScreen({ screen: 'wizard', ...wizard })}
                onBack={cameFrom === null ? null : () => setScreen(cameFrom)}
                onLeave={(leaving) => onLeave(leaving, null)}
              />
            )}
          </ThemeProvider>
        </ThemeContext>
      </KeyboardContext>
    </PortsContext>
  );
};
