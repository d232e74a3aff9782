import { useReducer } from 'react';
import { fail, interrupted, ok, type Result } from '../../../domain/failure.ts';
import type { SignInMethod } from '../../../domain/profile.ts';
import type { TerminalSize } from '../../../ports/session.ts';
import { type Captured, capture } from '../../../usecases/capture.ts';
import { findSignIns, type SignIn, startSignIn } from '../../../usecases/sign-in.ts';
import { formatBytes } from '../../format.ts';
import { usePorts } from '../../ports-context.tsx';
import { useOnce } from '../../use-once.ts';
import { type Task, useTask } from '../../use-task.ts';
import type { ScreenProps } from '../../use-wizard.ts';
import { reduceSignInStep, type SignInStepState } from './sign-in-step-state.ts';

const notReady = fail(
  'image.missing',
  'The sign-in can not begin',
  'what it runs in is not ready any more',
  'go back to the step before and make it ready',
);

export interface SignInStepHandle {
  readonly state: SignInStepState;
  /** From looking for a sign-in to its end. */
  readonly signing: Task<void>;
  readonly capturing: Task<Captured>;
  /** Looks for a left sign-in first; the choice of a method follows. */
  readonly look: () => void;
  readonly begin: (method: SignInMethod) => void;
  readonly choose: () => void;
  readonly captureAgain: () => void;
  /** Gives up a login that could not be captured, and begins anew. */
  readonly abandon: () => void;
}

/** The one true machine of the wizard: a sign-in is found or started, watched until it ends, and captured. */
export const useSignInStep = (
  { state: { answers, facts }, world: { runtime }, onEvent }: ScreenProps,
  size: TerminalSize,
): SignInStepHandle => {
  const ports = usePorts();
  const { profile } = facts;
  const satisfied = facts.login !== null && facts.login.status !== 'fail' && !facts.pending && !answers.again;
  const [state, dispatch] = useReducer(reduceSignInStep, { phase: satisfied ? 'satisfied' : 'looking' });
  const signing = useTask<void>();
  const capturing = useTask<Captured>();

  const startCapture = (signIn: SignIn, found: boolean) => {
    dispatch({ type: 'signed-in', signIn, found });
    let files = 0;
    let bytes = 0;
    capturing.start(
      async (signal, live) => {
        if (profile === null) return notReady;
        const { longLivedToken = null } = signIn.screen ?? {};
        const result = await capture(
          ports,
          { profile, run: signIn.run, longLivedToken },
          (progress) => {
            ({ files, bytes } = progress);
            live(() => dispatch({ type: 'progressed', progress }));
          },
          signal,
        );
        if (result.ok || signal.aborted) signIn.close();
        return result;
      },
      ({ report, recovered }) => {
        const what =
          files === 0 ? 'The token was captured' : `Captured ${files} files, ${formatBytes(bytes)}`;
        onEvent({
          type: 'forward',
          answers: { again: false, method: signIn.method },
          facts: { login: report, pending: false, verified: false },
          world: { seenTo: profile?.name ?? null },
          notice: recovered === null ? what : `${what}. ${recovered.summary}`,
        });
      },
    );
  };

  /** Waits until the sign-in has ended. When the person leaves first, only a finished one is kept, to be found again. */
  const watch = async (signIn: SignIn, found: boolean, signal: AbortSignal): Promise<Result<() => void>> => {
    const { phase, end } = await signIn.settled(signal);
    if (phase === 'signed-in') {
      if (signal.aborted) signIn.close();
      return ok(() => startCapture(signIn, found));
    }
    const gone = await signIn.abandon();
    if (signal.aborted) return interrupted('The sign-in was stopped');
    return gone.ok ? ok(() => dispatch({ type: 'lost', exitCode: end?.exitCode ?? null })) : gone;
  };

  const look = () => {
    dispatch({ type: 'looking' });
    signing.start(async (signal, live) => {
      if (runtime === null || profile === null) return notReady;
      const found = await findSignIns(ports, { runtime, profile, size });
      if (!found.ok) return found;
      const taken = await pickFound(found.value, signal);
      if (taken === null) {
        live(() => dispatch({ type: 'choosing' }));
        return ok(undefined);
      }
      if (taken.state.phase === 'waiting') live(() => dispatch({ type: 'running', signIn: taken }));
      const next = await watch(taken, true, signal);
      if (next.ok) live(next.value);
      return next.ok ? ok(undefined) : next;
    });
  };
  const begin = (method: SignInMethod) => {
    dispatch({ type: 'starting' });
    onEvent({ type: 'learned', answers: { method } });
    signing.start(async (signal, live) => {
      if (runtime === null || profile === null) return notReady;
      const started = await startSignIn(ports, { runtime, profile, method, size }, signal);
      if (!started.ok) return started;
      live(() => dispatch({ type: 'running', signIn: started.value }));
      const next = await watch(started.value, false, signal);
      if (next.ok) live(next.value);
      return next.ok ? ok(undefined) : next;
    });
  };
  useOnce(() => {
    if (!satisfied) look();
    return undefined;
  });
  return {
    state,
    signing: signing.task,
    capturing: capturing.task,
    look,
    begin,
    choose: () => dispatch({ type: 'choosing' }),
    captureAgain: () => state.phase === 'capturing' && startCapture(state.signIn, state.found),
    abandon: () => {
      if (state.phase !== 'capturing') return;
      void state.signIn.abandon();
      void capturing.cancel();
      dispatch({ type: 'choosing' });
    },
  };
};

/** The newest sign-in that can be gone on with: a finished one before a running one. Ended ones are cleared away. */
const pickFound = async (found: readonly SignIn[], signal: AbortSignal): Promise<SignIn | null> => {
  const usable: SignIn[] = [];
  for (const signIn of found) {
    // One whose program has ended is judged by its files at the first look.
    if (signIn.run.session === null) await signIn.settled(signal);
    if (signIn.state.phase === 'ended') await signIn.abandon();
    else usable.push(signIn);
  }
  const taken = usable.find(({ state }) => state.phase === 'signed-in') ?? usable[0] ?? null;
  for (const other of usable) if (other !== taken) other.close();
  return taken;
};
