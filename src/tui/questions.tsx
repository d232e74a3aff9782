import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { PassphraseQuestion } from '../ports/seals.ts';
import { usePorts } from './ports-context.tsx';

/** A passphrase that is asked for now. */
export interface PendingQuestion extends PassphraseQuestion {
  /** Whether there is an answer, which is being tried. */
  readonly trying: boolean;
  readonly answer: (passphrase: string | null) => void;
}

const QuestionContext = createContext<PendingQuestion | null>(null);

/** What is asked for now, by whatever is under way; null for nothing. */
export const useQuestion = (): PendingQuestion | null => useContext(QuestionContext);

interface QuestionsProps {
  /** Aborts when the program is asked to end from outside: whoever waits for an answer would keep it from ending. */
  readonly ending: AbortSignal;
  readonly children: ReactNode;
}

/** Has the screens in it ask for the passphrases of sealed profiles. */
export const Questions = ({ ending, children }: QuestionsProps) => {
  const { seals } = usePorts();
  const [pending, setPending] = useState<PendingQuestion | null>(null);
  useEffect(() => {
    let giveUp = () => {};
    const stop = seals.onAsk((question) => {
      // A new passphrase is to be typed twice, which only the command does.
      if (question.purpose === 'new' || ending.aborted) return Promise.resolve(null);
      const { promise, resolve } = Promise.withResolvers<string | null>();
      giveUp = () => resolve(null);
      const asked: PendingQuestion = { ...question, trying: false, answer: resolve };
      setPending(asked);
      // Until it is known to be right the screen below gets no keys: what is typed may be meant for another try.
      void promise.then((passphrase) => setPending(passphrase === null ? null : { ...asked, trying: true }));
      // The next question may be there already.
      void question.tried.then(() => setPending((now) => (now?.answer === resolve ? null : now)));
      return promise;
    });
    const end = () => giveUp();
    ending.addEventListener('abort', end);
    return () => {
      ending.removeEventListener('abort', end);
      stop();
      giveUp();
    };
  }, [seals, ending]);
  return <QuestionContext value={pending}>{children}</QuestionContext>;
};
