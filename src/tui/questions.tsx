import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { PassphraseQuestion } from '../ports/seals.ts';
import { usePorts } from './ports-context.tsx';

/** A passphrase that is asked for now. */
export interface PendingQuestion extends PassphraseQuestion {
  readonly answer: (passphrase: string | null) => void;
}

const QuestionContext = createContext<PendingQuestion | null>(null);

/** What is asked for now, by whatever is under way; null for nothing. */
export const useQuestion = (): PendingQuestion | null => useContext(QuestionContext);

/** Has the screens in it ask for the passphrases of sealed profiles. */
export const Questions = ({ children }: { readonly children: ReactNode }) => {
  const { seals } = usePorts();
  const [pending, setPending] = useState<PendingQuestion | null>(null);
  useEffect(() => {
    let giveUp = () => {};
    const stop = seals.onAsk((question) => {
      // A new passphrase is to be typed twice, which only the command does.
      if (question.purpose === 'new') return Promise.resolve(null);
      const { promise, resolve } = Promise.withResolvers<string | null>();
      giveUp = () => resolve(null);
      setPending({
        ...question,
        answer(passphrase) {
          setPending(null);
          resolve(passphrase);
        },
      });
      return promise;
    });
    return () => {
      stop();
      giveUp();
    };
  }, [seals]);
  return <QuestionContext value={pending}>{children}</QuestionContext>;
};
