import { Box } from 'ink';
import { useState } from 'react';
import { shownPath } from '../../domain/capture-rules.ts';
import type { Binding } from '../keys.ts';
import { type PendingQuestion, useQuestion } from '../questions.tsx';
import { Text } from './text.tsx';
import { TextField } from './text-field.tsx';
import { editText, type TextEdit, type TextState, textOf } from './text-state.ts';
import { Words } from './words.tsx';
import { Working } from './working.tsx';

/** The question that covers a screen. */
export interface Asked {
  readonly question: PendingQuestion;
  readonly text: TextState;
  readonly edit: (edit: TextEdit) => void;
  readonly bindings: readonly Binding[];
}

/** What is asked for now, with what has been typed; null for nothing. */
export const useAsked = (): Asked | null => {
  const question = useQuestion();
  const [text, setText] = useState(textOf(''));
  if (question === null) return null;
  const end = (answer: string | null) => {
    setText(textOf(''));
    question.answer(answer);
  };
  return {
    question,
    text,
    edit: (edit) => (question.trying ? undefined : setText((now) => editText(now, edit))),
    bindings: question.trying
      ? []
      : [
          { on: ['enter'], label: 'open', run: () => end(text.value) },
          { on: ['escape'], label: 'leave it locked', run: () => end(null) },
        ],
  };
};

/** A passphrase, as many stars as it has characters. */
export const PassphraseField = ({ question, text }: Asked) => {
  const stars = (value: string): string => '*'.repeat([...value].length);
  const shown = { value: stars(text.value), cursor: stars(text.value.slice(0, text.cursor)).length };
  return (
    <Box flexDirection="column" gap={1} flexShrink={0}>
      <Words>{`${shownPath(question.authDir)} is sealed. Its passphrase opens it until you leave.`}</Words>
      {question.again && !question.trying && <Text>That is not the passphrase.</Text>}
      {question.trying ? <Working>Trying it</Working> : <TextField label="Passphrase" text={shown} focused />}
    </Box>
  );
};
