import { useRef, useState } from 'react';
import { type Failure, ok, type Result } from '../domain/failure.ts';
import type { Answers, StepId, WizardFacts } from '../domain/wizard/steps.ts';
import {
  newWizard,
  reduceWizard,
  toSave,
  type WizardEvent,
  type WizardState,
} from '../domain/wizard/wizard.ts';
import { emptyWorld, probeWizard, type WizardWorld } from '../usecases/wizard-facts.ts';
import { type OpenedWizard, openWizard, type WizardOpening } from './open-wizard.ts';
import { usePorts } from './ports-context.tsx';
import { TaskScope } from './task-scope.ts';
import { useOnce } from './use-once.ts';

export interface WizardStart extends WizardOpening {
  /** What it begins with, where that is known already. */
  readonly opened?: OpenedWizard | null;
}

interface Found {
  readonly answers?: Partial<Answers>;
  readonly facts?: Partial<WizardFacts>;
  readonly world?: Partial<WizardWorld>;
}

/** What a screen tells the wizard. */
type ScreenEvent =
  | ({ readonly type: 'learned' } & Found)
  /** Its step is finished; `notice` is said on the next screen. */
  | ({ readonly type: 'forward'; readonly notice?: string } & Found)
  | ({ readonly type: 'go'; readonly to: StepId } & Found)
  | { readonly type: 'back' };

export interface ScreenProps {
  readonly state: WizardState;
  readonly world: WizardWorld;
  readonly onEvent: (event: ScreenEvent) => void;
}

export interface Wizard {
  readonly state: WizardState;
  readonly world: WizardWorld;
  /** Counts the moves, so that a screen that is come back to begins anew. */
  readonly visit: number;
  /** The work of the current screen. */
  readonly scope: TaskScope;
  /** What is being waited for. */
  readonly busy: string | null;
  /** Why the wizard can't go on; `retry` does the same again. */
  readonly trouble: { readonly failure: Failure; readonly retry: () => void } | null;
  readonly opened: boolean;
  readonly onEvent: (event: ScreenEvent) => void;
}

interface Begun {
  readonly state: WizardState;
  readonly world: WizardWorld;
}

const begin = (opened: OpenedWizard | null): Begun =>
  opened === null
    ? { state: newWizard, world: emptyWorld }
    : {
        state: reduceWizard(newWizard, { type: 'opened', answers: opened.answers, facts: opened.facts }),
        world: opened.world,
      };

/** The wizard's state together with its effects: it looks at the facts before each move forward, and saves answers. */
export const useWizard = (start: WizardStart): Wizard => {
  const ports = usePorts();
  const now = useRef<Begun>(begin(start.opened ?? null));
  const alive = useRef(new AbortController());
  const [view, setView] = useState(() => ({
    ...now.current,
    visit: 0,
    scope: new TaskScope(),
    opened: start.opened != null,
  }));
  const [busy, setBusy] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<Wizard['trouble']>(null);

  const apply = (event: WizardEvent, world: Partial<WizardWorld> = {}) => {
    now.current = {
      state: reduceWizard(now.current.state, event),
      world: { ...now.current.world, ...world },
    };
  };
  const show = () => setView((old) => ({ ...old, ...now.current }));
  const moveTo = () =>
    setView((old) => ({ ...now.current, visit: old.visit + 1, scope: new TaskScope(), opened: true }));
  const learn = ({ answers, facts, world }: Found) => {
    if (answers !== undefined) apply({ type: 'answered', answers });
    apply({ type: 'learned', facts: facts ?? {} }, world);
  };
  const probe = async (answers: Answers): Promise<Result<Partial<WizardFacts>>> => {
    const probed = await probeWizard(ports, { answers, world: now.current.world }, alive.current.signal);
    if (!probed.ok) return probed;
    now.current = { ...now.current, world: probed.value.world };
    return ok(probed.value.facts);
  };
  /**
   * Does the work of a move and then moves. Shows what is waited for, and a failure together with the way to try again.
   * The wait ends with the move in one picture: a screen that is seen takes keys.
   */
  const attempt = async (text: string, work: () => Promise<Result<void>>) => {
    setBusy(text);
    setTrouble(null);
    const result = await work();
    if (alive.current.signal.aborted) return;
    setBusy(null);
    if (result.ok) moveTo();
    else setTrouble({ failure: result.failure, retry: () => void attempt(text, work) });
  };

  const open = () =>
    attempt('Looking around', async () => {
      const opened = await openWizard(ports, start, alive.current.signal);
      if (!opened.ok) return opened;
      now.current = begin(opened.value);
      return ok(undefined);
    });
  const forward = (notice: string | null) =>
    attempt('Looking at what is there', async () => {
      const facts = await probe(now.current.state.answers);
      if (!facts.ok) return facts;
      apply({ type: 'learned', facts: facts.value });
      apply({ type: 'forward', notice });
      const { answers, position } = now.current.state;
      // Signing in again is a matter of the moment; nothing of it is worth coming back to.
      if (start.again) return ok(undefined);
      const saved = await ports.settings.update((config) =>
        ok({ ...config, wizard: position === 'done' ? null : toSave(answers) }),
      );
      return saved.ok ? ok(undefined) : saved;
    });
  const leaveStep = (event: WizardEvent) =>
    attempt('Stopping', async () => {
      await view.scope.stop();
      apply(event);
      return ok(undefined);
    });

  const onEvent = (event: ScreenEvent) => {
    if (event.type !== 'back') learn(event);
    if (event.type === 'learned') show();
    if (event.type === 'forward') void forward(event.notice ?? null);
    if (event.type === 'back') void leaveStep({ type: 'back' });
    if (event.type === 'go') void leaveStep({ type: 'go', to: event.to });
  };

  useOnce(() => {
    if (!start.opened) void open();
    return () => alive.current.abort();
  });

  return { ...view, busy, trouble, onEvent };
};
