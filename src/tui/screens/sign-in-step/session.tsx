import { Text } from 'ink';
import { useState, useSyncExternalStore } from 'react';
import type { SignIn } from '../../../usecases/sign-in.ts';
import { Page } from '../../components/page.tsx';
import { TextField } from '../../components/text-field.tsx';
import { editText, textOf } from '../../components/text-state.ts';

/** A sign-in under way: its link, and a field for the code. */
export const Session = ({ signIn }: { readonly signIn: SignIn }) => {
  const { url } = useSyncExternalStore(
    (changed) => signIn.subscribe(changed),
    () => signIn.state,
  );
  const [code, setCode] = useState(textOf(''));
  return (
    <Page
      title="Sign in to Claude"
      about="Open the link, sign in, and paste the code here."
      bindings={[{ on: ['enter'], label: 'send the code', run: () => signIn.sendCode(code.value) }]}
      onEdit={(edit) => setCode((now) => editText(now, edit))}
    >
      <Text>{url ?? 'Waiting for the link'}</Text>
      <TextField label="Code" text={code} focused />
    </Page>
  );
};
