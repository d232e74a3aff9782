import type { Binding } from '../../keys.ts';
import type { SignInStepHandle } from './use-sign-in-step.ts';

export interface SignInStepActions extends Pick<SignInStepHandle, 'look' | 'captureAgain' | 'abandon'> {
  readonly goOn: () => void;
  readonly again: () => void;
  readonly begin: () => void;
}

/** The keys of the step while no session is on the screen. */
export const signInStepKeys = (
  { state, signing, capturing }: Pick<SignInStepHandle, 'state' | 'signing' | 'capturing'>,
  act: SignInStepActions,
): readonly Binding[] => {
  if (signing.status === 'failed') return [{ on: ['enter', 'r'], label: 'try again', run: act.look }];
  switch (state.phase) {
    case 'satisfied':
      return [
        { on: ['enter'], label: 'continue', run: act.goOn },
        { on: ['s'], label: 'sign in again', run: act.again },
      ];
    case 'choosing':
      return [{ on: ['enter'], label: 'begin', run: act.begin }];
    case 'lost':
      return [{ on: ['enter', 'r'], label: 'sign in again', run: act.look }];
    case 'capturing':
      return capturing.status === 'failed'
        ? [
            { on: ['enter', 'r'], label: 'try again', run: act.captureAgain },
            { on: ['n'], label: 'new sign-in', run: act.abandon },
          ]
        : [];
    case 'looking':
    case 'starting':
    case 'session':
      return [];
  }
};
