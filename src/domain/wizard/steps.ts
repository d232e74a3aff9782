import type { CheckReport } from '../checks/report.ts';
import type { Profile, RuntimeKind, SignInMethod } from '../profile.ts';

const stepIds = ['engine', 'profile', 'image', 'sign-in', 'verify', 'done'] as const;
export type StepId = (typeof stepIds)[number];

/** What the person decided. Nothing else of a wizard is saved; see `SavedAnswers`. */
export interface Answers {
  readonly runtime: RuntimeKind | null;
  /** A profile's name; it may not exist yet. */
  readonly profile: string | null;
  readonly method: SignInMethod | null;
  /** Whether to sign in anew although the login there is fine. */
  readonly again: boolean;
}

export type SavedAnswers = Pick<Answers, 'runtime' | 'profile' | 'method'>;

/** What was found when it was looked at in this process. Never saved, so an old "done" is never trusted. */
export interface WizardFacts {
  /** The engine in one line; null when none was found or none was looked for. */
  readonly engine: string | null;
  /** The profile of the answer; null while it does not exist. */
  readonly profile: Profile | null;
  /** The image or the CLI that is ready to sign in, in one line. */
  readonly prepared: string | null;
  /** The checks over the profile's auth directory. */
  readonly login: CheckReport | null;
  /** Whether a sign-in that an earlier process left waits to be taken up. */
  readonly pending: boolean;
  /** Whether the real CLI accepted the login. */
  readonly verified: boolean;
}

export interface Step {
  readonly id: StepId;
  readonly title: (answers: Answers) => string;
  /** The sentence that says why there is nothing to do, or null when there is. */
  readonly satisfied: (facts: WizardFacts, answers: Answers) => string | null;
}

/** The wizard, in order. A new step is a new entry here and a screen for it. */
export const steps: readonly Step[] = [
  {
    id: 'engine',
    title: () => 'Engine',
    satisfied: ({ engine }, { runtime }) => {
      if (runtime === 'sandbox') return 'No container engine is needed: the CLI runs on this machine';
      return runtime === 'docker' && engine !== null ? `Found ${engine}` : null;
    },
  },
  {
    id: 'profile',
    title: () => 'Profile',
    satisfied: ({ profile }) =>
      profile === null ? null : `Using the profile ${profile.name} in ${profile.authDir}`,
  },
  {
    id: 'image',
    title: ({ runtime }) => (runtime === 'sandbox' ? 'CLI' : 'Image'),
    satisfied: ({ prepared }) => prepared,
  },
  {
    id: 'sign-in',
    title: () => 'Sign-in',
    satisfied: ({ login, pending }, { again }) =>
      login === null || login.status === 'fail' || pending || again
        ? null
        : `Already signed in${login.account.email ? ` as ${login.account.email}` : ''}`,
  },
  {
    id: 'verify',
    title: () => 'Verify',
    satisfied: ({ verified }) => (verified ? 'The Claude CLI accepts the login' : null),
  },
  { id: 'done', title: () => 'Done', satisfied: () => null },
];
