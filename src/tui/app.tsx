import { ThemeProvider } from '@inkjs/ui';
import { useState } from 'react';
import type { Failure } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import type { Ports } from '../ports/ports.ts';
import type { WatchInput } from '../usecases/watch.ts';
import type { Leaving } from './chrome.ts';
import { PortsContext } from './ports-context.tsx';
import { Questions } from './questions.tsx';
import { Dashboard } from './screens/dashboard/dashboard-screen.tsx';
import { Picker } from './screens/picker/picker-screen.tsx';
import { Practice, type PracticeStart } from './screens/practice/practice-screen.tsx';
import { RunScreen } from './screens/run/run-screen.tsx';
import { TroubleshootScreen } from './screens/troubleshoot/troubleshoot-screen.tsx';
import type { TroubleshootStart } from './screens/troubleshoot/use-troubleshoot.ts';
import { WatchScreen } from './screens/watch/watch-screen.tsx';
import type { Keyboard } from './terminal/keyboard.ts';
import { KeyboardContext } from './terminal/keyboard-context.ts';
import { Signs } from './terminal/signs-context.tsx';
import { createTheme, ThemeContext } from './theme.ts';
import { KeyTurns } from './use-keys.ts';
import type { WizardStart } from './use-wizard.ts';
import { WizardView } from './wizard.tsx';

/** A screen of the product. */
export type ScreenStart =
  | ({ readonly screen: 'wizard' } & WizardStart)
  /** At a profile; at the default one when none is given. */
  | { readonly screen: 'dashboard'; readonly profile?: string | null }
  /** Chooses the default profile. */
  | { readonly screen: 'picker' }
  /** Runs commands; the first profile is chosen. */
  | { readonly screen: 'run'; readonly profiles: readonly [Profile, ...Profile[]] }
  | { readonly screen: 'watch'; readonly input: Omit<WatchInput, 'onEvent'> }
  | ({ readonly screen: 'troubleshoot' } & TroubleshootStart);

/** What to open first. */
export type Start = ScreenStart | ({ readonly screen: 'practice' } & PracticeStart<ScreenStart>);

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
  const [theme] = useState(() => createTheme(env));
  return (
    <PortsContext value={ports}>
      <KeyboardContext value={keyboard}>
        <KeyTurns />
        <ThemeContext value={theme}>
          <ThemeProvider theme={theme.ui}>
            <Signs env={env}>
              {start.screen === 'practice' ? (
                <Practice start={start} ending={ending} onLeave={(leaving) => onLeave(leaving, null)}>
                  {(room, leave) => <Screens start={room} ending={ending} onLeave={leave} />}
                </Practice>
              ) : (
                <Screens start={start} ending={ending} onLeave={onLeave} />
              )}
            </Signs>
          </ThemeProvider>
        </ThemeContext>
      </KeyboardContext>
    </PortsContext>
  );
};

interface ScreensProps extends Pick<AppProps, 'ending' | 'onLeave'> {
  readonly start: ScreenStart;
}

const Screens = (props: ScreensProps) => (
  <Questions ending={props.ending}>
    <OneScreen {...props} />
  </Questions>
);

/** One screen at a time, and the ways between them. */
const OneScreen = ({ start, ending, onLeave }: ScreensProps) => {
  const [screen, setScreen] = useState(start);
  const [cameFrom, setCameFrom] = useState<ScreenStart | null>(null);
  const troubleshoot = (from: ScreenStart, profile: string | null, failure: Failure | null) => {
    setCameFrom(from);
    setScreen({ screen: 'troubleshoot', profile, failure });
  };
  switch (screen.screen) {
    case 'wizard':
      return (
        <WizardView
          start={screen}
          ending={ending}
          // What was known at first may not be so when it is come back to.
          onTroubleshoot={(profile, failure) => troubleshoot({ ...screen, opened: null }, profile, failure)}
          onBack={cameFrom?.screen === 'dashboard' ? () => setScreen(cameFrom) : null}
          onLeave={onLeave}
        />
      );
    case 'dashboard':
      return (
        <Dashboard
          profile={screen.profile ?? null}
          ending={ending}
          onOpen={(wizard) => {
            setCameFrom({ screen: 'dashboard', profile: wizard.profile });
            setScreen({ screen: 'wizard', ...wizard });
          }}
          onTroubleshoot={(profile, failure) =>
            troubleshoot({ screen: 'dashboard', profile }, profile, failure)
          }
          onLeave={(leaving) => onLeave(leaving, null)}
        />
      );
    case 'picker':
      return <Picker ending={ending} onLeave={onLeave} />;
    case 'run':
      return (
        <RunScreen profiles={screen.profiles} ending={ending} onLeave={(leaving) => onLeave(leaving, null)} />
      );
    case 'watch':
      return (
        <WatchScreen input={screen.input} ending={ending} onLeave={(leaving) => onLeave(leaving, null)} />
      );
    case 'troubleshoot':
      return (
        <TroubleshootScreen
          start={screen}
          ending={ending}
          onOpen={(wizard) => setScreen({ screen: 'wizard', ...wizard })}
          onBack={cameFrom === null ? null : () => setScreen(cameFrom)}
          onLeave={(leaving) => onLeave(leaving, null)}
        />
      );
  }
};
