import type { SignInMethod } from '../../../domain/profile.ts';
import type { StageProgress } from '../../../ports/auth-store.ts';
import type { SignIn } from '../../../usecases/sign-in.ts';

/**
 * Where the sign-in step stands. `looking`: for a sign-in that an earlier process left. `lost`: the session ended without
 * a new login. `capturing`: the login is there and is being moved; its run stays until that has worked.
 */
export type SignInStepState =
  | { readonly phase: 'satisfied' | 'looking' | 'choosing' | 'starting' }
  | { readonly phase: 'session'; readonly signIn: SignIn }
  | { readonly phase: 'lost'; readonly exitCode: number | null }
  | {
      readonly phase: 'capturing';
      readonly signIn: SignIn;
      /** Whether an earlier process left it. */
      readonly found: boolean;
      readonly progress: StageProgress;
    };

export type SignInStepEvent =
  | { readonly type: 'looking' | 'choosing' | 'starting' }
  | { readonly type: 'running'; readonly signIn: SignIn }
  | { readonly type: 'lost'; readonly exitCode: number | null }
  | { readonly type: 'signed-in'; readonly signIn: SignIn; readonly found: boolean }
  | { readonly type: 'progressed'; readonly progress: StageProgress };

export const reduceSignInStep = (state: SignInStepState, event: SignInStepEvent): SignInStepState => {
  switch (event.type) {
    case 'looking':
    case 'choosing':
    case 'starting':
      return { phase: event.type };
    case 'running':
      return { phase: 'session', signIn: event.signIn };
    case 'lost':
      return { phase: 'lost', exitCode: event.exitCode };
    case 'signed-in':
      return {
        phase: 'capturing',
        signIn: event.signIn,
        found: event.found,
        progress: { files: 0, bytes: 0 },
      };
    case 'progressed':
      return state.phase === 'capturing' ? { ...state, progress: event.progress } : state;
  }
};

interface MethodText {
  readonly method: SignInMethod;
  readonly label: string;
  readonly short: string;
  readonly long: string;
}

/** The ways to sign in, the usual one first. */
export const methodTexts: readonly MethodText[] = [
  {
    method: 'auth-login',
    label: 'Sign-in link',
    short: 'open a link, paste a code; usual',
    long: 'Runs `claude auth login`: it shows a link for your browser, and takes the code that the browser gives you.',
  },
  {
    method: 'full-screen',
    label: 'Full Claude CLI',
    short: 'its whole first start, with theme',
    long: 'Runs `claude --dangerously-skip-permissions` as on a new machine: theme, sign-in, notes. Leave it when you are signed in.',
  },
  {
    method: 'shell',
    label: 'Shell',
    short: 'a command line, to do it by hand',
    long: 'Opens a shell where the CLI is installed. Sign in there with any command; the login is noticed by itself.',
  },
  {
    method: 'setup-token',
    label: 'Long-lived token',
    short: 'for a year, for prompts only',
    long: 'Runs `claude setup-token`: it makes one token that is good for about a year and can only send prompts. It is never shown here.',
  },
];
