import { createContext, useContext } from 'react';
import type { Failure } from '../domain/failure.ts';
import type { Notice, StepMark } from '../domain/wizard/wizard.ts';

export type Outcome = 'completed' | 'aborted' | 'failed';

/** How the person leaves: by a key of ours, or by Ctrl+C, which is exit status 130. */
export interface Leaving {
  readonly outcome: Outcome;
  readonly interrupted: boolean;
}

/** What stands around every screen. */
export interface Chrome {
  /** What this is about, such as `dev, in a container`. */
  readonly subject: string;
  readonly steps: readonly { readonly title: string; readonly mark: StepMark }[];
  readonly notices: readonly (Pick<Notice, 'text'> & { readonly title: string })[];
  /** What is being waited for before the next screen; keys rest meanwhile. */
  readonly busy: string | null;
  /** To the screen before; null on the first one. */
  readonly back: (() => void) | null;
  /** To the troubleshooting, from a failure; null where there is no way there. */
  readonly troubleshoot: ((failure: Failure) => void) | null;
  /** The only way out of the program. */
  readonly leave: (leaving: Leaving) => void;
}

export const ChromeContext = createContext<Chrome>({
  subject: '',
  steps: [],
  notices: [],
  busy: null,
  back: null,
  troubleshoot: null,
  leave: () => {},
});

export const useChrome = (): Chrome => useContext(ChromeContext);
