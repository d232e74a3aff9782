/** What takes time outside: the image build, the steps of a sign-in, an answer of the CLI. */
export type PaceOf = 'build' | 'sign-in' | 'answer';

/** Lets the time pass that something outside takes. Resolves early when the signal aborts. */
export type Pace = (of: PaceOf, milliseconds: number, signal: AbortSignal) => Promise<void>;
