import { type Answers, type SavedAnswers, type StepId, steps, type WizardFacts } from './steps.ts';

/** Something worth saying on the screen that was just reached. */
export interface Notice {
  /** Where it belongs: the step that was skipped or finished. */
  readonly step: StepId;
  readonly text: string;
}

export interface WizardState {
  readonly position: StepId;
  readonly answers: Answers;
  readonly facts: WizardFacts;
  /** What the last move forward passed over. */
  readonly notices: readonly Notice[];
}

export type WizardEvent =
  /** The facts were looked at for these answers: go to the first step that has something to do. */
  | { readonly type: 'opened'; readonly answers: Answers; readonly facts: Partial<WizardFacts> }
  | { readonly type: 'answered'; readonly answers: Partial<Answers> }
  | { readonly type: 'learned'; readonly facts: Partial<WizardFacts> }
  /** On to the next step that has something to do, saying `notice` there. Stays where the step is not finished. */
  | { readonly type: 'forward'; readonly notice: string | null }
  /** To the step before, finished or not. */
  | { readonly type: 'back' }
  | { readonly type: 'go'; readonly to: StepId };

export const noAnswers: Answers = { runtime: null, profile: null, method: null, again: false };

const noFacts: WizardFacts = {
  engine: null,
  profile: null,
  prepared: null,
  login: null,
  pending: false,
  verified: false,
};

export const newWizard: WizardState = {
  position: 'engine',
  answers: noAnswers,
  facts: noFacts,
  notices: [],
};

/** The part of the answers that is worth keeping for the next start. */
export const toSave = ({ runtime, profile, method }: Answers): SavedAnswers => ({ runtime, profile, method });

export const reduceWizard = (state: WizardState, event: WizardEvent): WizardState => {
  switch (event.type) {
    case 'opened':
      return moveOn(
        { ...state, answers: event.answers, facts: { ...noFacts, ...event.facts }, notices: [] },
        0,
      );
    case 'answered':
      return answer(state, event.answers);
    case 'learned':
      return { ...state, facts: { ...state.facts, ...event.facts } };
    case 'forward':
      return forward(state, event.notice);
    case 'back':
      return { ...state, position: before(state.position), notices: [] };
    case 'go':
      return { ...state, position: event.to, notices: [] };
  }
};

/** A changed answer makes what was found out under the old one worthless. */
const answer = (state: WizardState, change: Partial<Answers>): WizardState => {
  const answers = { ...state.answers, ...change };
  const otherRuntime = answers.runtime !== state.answers.runtime;
  const otherProfile = answers.profile !== state.answers.profile;
  const facts = {
    ...state.facts,
    ...(otherRuntime && { prepared: null, pending: false, verified: false }),
    ...(otherProfile && { profile: null, login: null, pending: false, verified: false }),
  };
  return { ...state, answers, facts };
};

const forward = (state: WizardState, notice: string | null): WizardState => {
  const index = indexOf(state.position);
  if (steps[index]?.satisfied(state.facts, state.answers) === null) return state;
  const notices = notice === null ? [] : [{ step: state.position, text: notice }];
  return moveOn({ ...state, notices }, index + 1);
};

const moveOn = (state: WizardState, from: number): WizardState => {
  const notices = [...state.notices];
  for (const step of steps.slice(from)) {
    const reason = step.satisfied(state.facts, state.answers);
    if (reason === null) return { ...state, position: step.id, notices };
    notices.push({ step: step.id, text: reason });
  }
  return state;
};

const indexOf = (id: StepId): number => steps.findIndex((step) => step.id === id);

const before = (id: StepId): StepId => steps[Math.max(0, indexOf(id) - 1)]?.id ?? id;

export type StepMark = 'finished' | 'current' | 'ahead';

/** The steps with their titles and marks, as a screen shows them. */
export const overview = ({
  position,
  answers,
  facts,
}: WizardState): readonly { readonly id: StepId; readonly title: string; readonly mark: StepMark }[] =>
  steps.map((step) => ({
    id: step.id,
    title: step.title(answers),
    mark: step.id === position ? 'current' : step.satisfied(facts, answers) === null ? 'ahead' : 'finished',
  }));
