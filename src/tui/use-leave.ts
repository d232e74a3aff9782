import { useEffect, useRef, useState } from 'react';
import type { Leaving } from './chrome.ts';
import type { TaskScope } from './task-scope.ts';

/**
 * The way out of a screen: stops its work and waits for the cleanup, then leaves. Asked a second time it leaves at once:
 * what cleaning up still waits for is left to the next start. The program's own end (a signal) takes the same way.
 */
export const useLeave = (scope: TaskScope, exit: (leaving: Leaving) => void, ending: AbortSignal) => {
  const [leaving, setLeaving] = useState(false);
  const asked = useRef(false);
  const leave = (how: Leaving) => {
    if (asked.current) return exit(how);
    asked.current = true;
    setLeaving(true);
    void scope.stop().then(() => exit(how));
  };
  const latest = useRef(leave);
  latest.current = leave;
  useEffect(() => {
    const end = () => latest.current({ outcome: 'aborted', interrupted: true });
    if (ending.aborted) end();
    ending.addEventListener('abort', end);
    return () => ending.removeEventListener('abort', end);
  }, [ending]);
  return { leaving, leave };
};
