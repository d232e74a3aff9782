import type { AskPassphrase } from '../../../ports/seals.ts';

/** Those who can ask a person for a passphrase; the last one that came is asked, null for nobody. */
export interface Askers {
  current(): AskPassphrase | null;
  /** Gives what takes it away again. */
  add(ask: AskPassphrase | null): () => void;
}

export const createAskers = (): Askers => {
  const askers: (AskPassphrase | null)[] = [];
  return {
    current: () => askers.at(-1) ?? null,
    add(ask) {
      const entry = ask === null ? null : (question: Parameters<AskPassphrase>[0]) => ask(question);
      askers.push(entry);
      return () => void askers.splice(askers.lastIndexOf(entry), 1);
    },
  };
};
