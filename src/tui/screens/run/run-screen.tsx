import { useState } from 'react';
import type { Profile } from '../../../domain/profile.ts';
import { type Chrome, ChromeContext, type Leaving } from '../../chrome.ts';
import { ScopeContext, TaskScope } from '../../task-scope.ts';
import { useLeave } from '../../use-leave.ts';
import { RunPage } from './run-page.tsx';

export interface RunScreenProps {
  readonly profiles: readonly [Profile, ...Profile[]];
  readonly ending: AbortSignal;
  readonly onLeave: (leaving: Leaving) => void;
}

/** Runs commands with a login, one after the other. */
export const RunScreen = ({ profiles, ending, onLeave }: RunScreenProps) => {
  const [scope] = useState(() => new TaskScope());
  const { leaving, leave } = useLeave(scope, onLeave, ending);
  const chrome: Chrome = {
    subject: 'run',
    steps: [],
    notices: [],
    busy: leaving ? 'Cleaning up' : null,
    back: null,
    leave,
    troubleshoot: null,
  };
  return (
    <ChromeContext value={chrome}>
      <ScopeContext value={scope}>
        <RunPage profiles={profiles} onBack={() => leave({ outcome: 'completed', interrupted: false })} />
      </ScopeContext>
    </ChromeContext>
  );
};
