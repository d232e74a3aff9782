import type { ComponentType } from 'react';
import type { Failure } from '../domain/failure.ts';
import { type StepId, steps } from '../domain/wizard/steps.ts';
import { overview, type WizardState } from '../domain/wizard/wizard.ts';
import { type Chrome, ChromeContext, type Leaving } from './chrome.ts';
import { DoneScreen } from './screens/done/done-screen.tsx';
import { EngineScreen } from './screens/engine/engine-screen.tsx';
import { ImageScreen } from './screens/image/image-screen.tsx';
import { OpeningScreen } from './screens/opening/opening-screen.tsx';
import { ProfileScreen } from './screens/profile/profile-screen.tsx';
import { SignInStep } from './screens/sign-in-step/sign-in-step.tsx';
import { VerifyScreen } from './screens/verify/verify-screen.tsx';
import { ScopeContext } from './task-scope.ts';
import { useLeave } from './use-leave.ts';
import { type ScreenProps, useWizard, type WizardStart } from './use-wizard.ts';

/** A screen for every step: one that is missing does not compile. */
const screens: Readonly<Record<StepId, ComponentType<ScreenProps>>> = {
  engine: EngineScreen,
  profile: ProfileScreen,
  image: ImageScreen,
  'sign-in': SignInStep,
  verify: VerifyScreen,
  done: DoneScreen,
};

export interface WizardProps {
  readonly start: WizardStart;
  readonly ending: AbortSignal;
  readonly onTroubleshoot: (profile: string | null, failure: Failure) => void;
  /** To where the person came from; null when that is the shell. */
  readonly onBack: (() => void) | null;
  readonly onLeave: (leaving: Leaving, profile: string | null) => void;
}

export const WizardView = ({ start, ending, onTroubleshoot, onBack, onLeave }: WizardProps) => {
  const { state, world, visit, scope, busy, trouble, opened, onEvent } = useWizard(start);
  const exit = (leaving: Leaving) => onLeave(leaving, state.facts.profile?.name ?? null);
  const { leaving, leave } = useLeave(scope, exit, ending);
  const chrome: Chrome = {
    subject: subjectOf(state),
    steps: opened ? overview(state) : [],
    notices: state.notices.map(({ step, text }) => ({ title: titleOf(step, state), text })),
    busy: leaving ? 'Cleaning up' : busy,
    back:
      state.position === 'engine'
        ? onBack && (() => void scope.stop().then(onBack))
        : () => onEvent({ type: 'back' }),
    leave,
    troubleshoot: (failure) => void scope.stop().then(() => onTroubleshoot(state.answers.profile, failure)),
  };
  const Screen = screens[state.position];
  return (
    <ChromeContext value={chrome}>
      <ScopeContext value={scope}>
        {!opened || trouble !== null ? (
          <OpeningScreen trouble={trouble} />
        ) : (
          <Screen key={visit} state={state} world={world} onEvent={onEvent} />
        )}
      </ScopeContext>
    </ChromeContext>
  );
};

const titleOf = (id: StepId, { answers }: WizardState): string =>
  steps.find((step) => step.id === id)?.title(answers) ?? id;

const subjectOf = ({ answers, facts }: WizardState): string => {
  const where = { docker: 'in a container', sandbox: 'on this machine' };
  return [facts.profile?.name, answers.runtime === null ? null : where[answers.runtime]]
    .filter((part) => part != null)
    .join(', ');
};
