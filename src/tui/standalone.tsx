import { type ReactNode, useState } from 'react';
import { type Chrome, ChromeContext, type Leaving } from './chrome.ts';
import { ScopeContext, TaskScope } from './task-scope.ts';
import { useLeave } from './use-leave.ts';

export interface StandaloneProps extends Partial<Pick<Chrome, 'back' | 'troubleshoot'>> {
  readonly subject: string;
  /** What is said while its work stops and cleans up. */
  readonly stopping?: string;
  /** Aborts when the program is asked to end from outside. */
  readonly ending: AbortSignal;
  readonly onLeave: (leaving: Leaving) => void;
  readonly children: ReactNode;
}

/** A screen that is no step of the wizard: what stands around it, a scope for its work, and the way out of it. */
export const Standalone = (props: StandaloneProps) => {
  const { subject, stopping = 'Cleaning up', back = null, troubleshoot = null } = props;
  const [scope] = useState(() => new TaskScope());
  const { leaving, leave } = useLeave(scope, props.onLeave, props.ending);
  const busy = leaving ? stopping : null;
  return (
    <ChromeContext value={{ subject, steps: [], notices: [], busy, back, troubleshoot, leave }}>
      <ScopeContext value={scope}>{props.children}</ScopeContext>
    </ChromeContext>
  );
};
