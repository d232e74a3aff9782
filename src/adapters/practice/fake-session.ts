import type { Session, SessionEnd, TerminalSize } from '../../ports/session.ts';

type KillSignal = Parameters<Session['kill']>[0];

const signalNumbers: Record<KillSignal, number> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** A scriptable session: `emit` is the program's output, `input` what reached it, `end` its end. */
export interface FakeSession extends Session {
  /** Everything written so far, as text. */
  readonly input: string;
  /** Every size it was given, oldest first. */
  readonly sizes: readonly TerminalSize[];
  readonly signals: readonly KillSignal[];
  readonly paused: boolean;
  /** Signals that do nothing, as Ctrl+C does nothing to `claude setup-token`. */
  readonly ignores: Set<KillSignal>;
  /** Output of the program; held back while paused, kept while nobody listens. */
  emit(output: string | Uint8Array): void;
  /** The program ends; null as when the engine was lost. Resolves `ended` once the output is delivered. */
  end(exitCode?: number | null): void;
  /** Called with every write; a test answers here, such as with "Login successful." after the code. */
  onInput(listener: (text: string) => void): void;
}

export const createFakeSession = (): FakeSession => {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const listeners = new Set<(chunk: Uint8Array) => void>();
  const inputListeners = new Set<(text: string) => void>();
  const waiting: Uint8Array[] = [];
  const sizes: TerminalSize[] = [];
  const signals: KillSignal[] = [];
  let input = '';
  let paused = false;
  let end: SessionEnd | null = null;
  const { promise: ended, resolve } = Promise.withResolvers<SessionEnd>();

  const flush = () => {
    while (!paused && listeners.size > 0) {
      const chunk = waiting.shift();
      if (chunk === undefined) break;
      for (const listener of listeners) listener(chunk);
    }
    if (end !== null && (waiting.length === 0 || listeners.size === 0)) resolve(end);
  };

  const session: FakeSession = {
    get input() {
      return input;
    },
    get paused() {
      return paused;
    },
    sizes,
    signals,
    ignores: new Set(),
    ended,
    emit(output) {
      if (end !== null) throw new Error('a session that has ended writes nothing');
      waiting.push(typeof output === 'string' ? encoder.encode(output) : output);
      flush();
    },
    end(exitCode = 0) {
      end ??= { exitCode };
      flush();
    },
    onInput(listener) {
      inputListeners.add(listener);
    },
    onOutput(listener) {
      listeners.add(listener);
      flush();
      return () => listeners.delete(listener);
    },
    write(chunk) {
      if (end !== null) return;
      const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk);
      input += text;
      for (const listener of inputListeners) listener(text);
    },
    resize(size) {
      if (end === null) sizes.push(size);
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      flush();
    },
    async kill(signal) {
      if (end !== null) return;
      signals.push(signal);
      if (signal === 'SIGKILL' || !session.ignores.has(signal)) session.end(128 + signalNumbers[signal]);
    },
  };
  return session;
};
