import type { Profile } from '../../../domain/profile.ts';
import { type Leaving, useChrome } from '../../chrome.ts';
import { Standalone } from '../../standalone.tsx';
import { RunPage } from './run-page.tsx';

export interface RunScreenProps {
  readonly profiles: readonly [Profile, ...Profile[]];
  readonly ending: AbortSignal;
  readonly onLeave: (leaving: Leaving) => void;
}

/** Runs commands with a login, one after the other. */
export const RunScreen = ({ profiles, ending, onLeave }: RunScreenProps) => (
  <Standalone subject="run" ending={ending} onLeave={onLeave}>
    <Running profiles={profiles} />
  </Standalone>
);

const Running = ({ profiles }: Pick<RunScreenProps, 'profiles'>) => {
  const { leave } = useChrome();
  return <RunPage profiles={profiles} onBack={() => leave({ outcome: 'completed', interrupted: false })} />;
};
