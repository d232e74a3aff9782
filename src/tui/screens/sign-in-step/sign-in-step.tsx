import { useWindowSize } from 'ink';
import { useState } from 'react';
import { fail } from '../../../domain/failure.ts';
import { FailureBox } from '../../components/failure-box.tsx';
import { LongWork } from '../../components/long-work.tsx';
import { Message } from '../../components/message.tsx';
import { Page } from '../../components/page.tsx';
import { SelectList, useSelection } from '../../components/select-list.tsx';
import { Text } from '../../components/text.tsx';
import { Words } from '../../components/words.tsx';
import { Working } from '../../components/working.tsx';
import { formatBytes } from '../../format.ts';
import type { ScreenProps } from '../../use-wizard.ts';
import { Session } from './session.tsx';
import { signInStepKeys } from './sign-in-step-keys.ts';
import { methodTexts } from './sign-in-step-state.ts';
import { useSignInStep } from './use-sign-in-step.ts';

const about =
  'Here you sign in to Claude with your own browser. The terminal of the sign-in is shown, and the files it writes are checked while you do it.';

/** Everything of the sign-in step around the session itself, which has a screen of its own. */
export const SignInStep = (props: ScreenProps) => {
  const { state: wizard, onEvent } = props;
  const size = useWindowSize();
  const step = useSignInStep(props, size);
  const { state, signing, capturing } = step;
  const choices = methodTexts.map((text) => ({ value: text, label: text.label, detail: text.short }));
  const [preferred] = useState(wizard.answers.method ?? 'auth-login');
  const selection = useSelection(choices, ({ method }) => method === preferred);

  if (state.phase === 'session') {
    return <Session signIn={state.signIn} />;
  }
  const act = {
    ...step,
    goOn: () => onEvent({ type: 'forward' }),
    again: () => {
      onEvent({ type: 'learned', answers: { again: true } });
      step.look();
    },
    begin: () => step.begin(selection.focused?.value.method ?? preferred),
  };
  const keys = signInStepKeys(step, act);
  const choosing = state.phase === 'choosing' && signing.status !== 'failed';
  const failure = [signing, capturing].find((task) => task.status === 'failed');
  const gone = state.phase === 'lost' ? lost(state.exitCode) : null;
  return (
    <Page
      title={titles[state.phase]}
      about={about}
      bindings={choosing ? [...keys, ...selection.bindings] : keys}
      failure={failure?.status === 'failed' ? failure.failure : (gone?.failure ?? null)}
      atStake={
        capturing.status === 'running'
          ? 'The login is being captured. It is kept, and can be captured at the next start.'
          : null
      }
    >
      {failure?.status === 'failed' ? (
        <>
          <FailureBox failure={failure.failure} />
          {state.phase === 'capturing' && <Words>The sign-in is kept, so it can be captured again.</Words>}
        </>
      ) : (
        <>
          {state.phase === 'satisfied' && <Satisfied email={wizard.facts.login?.account.email ?? null} />}
          {state.phase === 'looking' && <Working>Looking for a sign-in that was left before its end</Working>}
          {state.phase === 'starting' && <LongWork>Starting the sign-in</LongWork>}
          {gone && <FailureBox failure={gone.failure} />}
          {state.phase === 'capturing' && state.found && (
            <Words>A sign-in that was finished before, but not captured, was found again.</Words>
          )}
          {state.phase === 'capturing' && (
            <LongWork>{`Capturing the login: ${state.progress.files} files, ${formatBytes(state.progress.bytes)}`}</LongWork>
          )}
        </>
      )}
      {choosing && <Text>How do you want to sign in?</Text>}
      {choosing && <SelectList selection={selection} rows={methodTexts.length} labelWidth={17} />}
      {choosing && <Words>{selection.focused?.value.long ?? ''}</Words>}
    </Page>
  );
};

const titles = {
  satisfied: 'You are signed in',
  looking: 'Sign in to Claude',
  choosing: 'Sign in to Claude',
  starting: 'Sign in to Claude',
  session: 'Sign in to Claude',
  lost: 'The sign-in ended too early',
  capturing: 'You are signed in',
};

const Satisfied = ({ email }: { readonly email: string | null }) => (
  <Message variant="success">
    {`This profile holds a login${email ? ` of ${email}` : ''}. Go on with it, or sign in again to replace it.`}
  </Message>
);

const lost = (exitCode: number | null) =>
  fail(
    'sign-in.exited-early',
    'There is no new login',
    exitCode === null
      ? 'the session ended before one was there'
      : `the session ended with exit status ${exitCode} before one was there`,
    'sign in again, and paste the code that the browser shows',
  );
