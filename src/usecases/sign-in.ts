import type { CheckReport } from '../domain/checks/report.ts';
import type { Result } from '../domain/failure.ts';
import type { Profile, SignInMethod } from '../domain/profile.ts';
import type { Screen } from '../ports/emulator.ts';
import type { Ports } from '../ports/ports.ts';
import type { Runtime, SignInRun } from '../ports/runtime.ts';
import type { SessionEnd, TerminalSize } from '../ports/session.ts';

/**
 * Where a sign-in stands. `waiting`: the session runs, no new login yet. `signed-in`: new tokens are there and can be
 * captured (the session may still run). `ended`: the session is over and left no new login.
 */
export type SignInPhase = 'waiting' | 'signed-in' | 'ended';

/** A picture of the sign-in at one moment; a new object whenever something changed. */
export interface SignInState {
  readonly phase: SignInPhase;
  /** The sign-in URL, whole; null until the session showed one. */
  readonly url: string | null;
  /** The live checks over the files in the runtime; null until the first look. */
  readonly report: CheckReport | null;
  /** Set once the session's program has ended. */
  readonly end: SessionEnd | null;
}

/** A sign-in as the screens see it. */
export interface SignIn {
  readonly run: SignInRun;
  readonly method: SignInMethod;
  /** What the session draws; null when a run was found again after its program ended. */
  readonly screen: Screen | null;
  readonly state: SignInState;
  /** Called when `state` is another object. Returns the unsubscriber. */
  subscribe(listener: () => void): () => void;
  /** Keys, byte for byte. */
  write(input: Uint8Array | string): void;
  /** A pasted text: wrapped as a bracketed paste when the session asked for it. */
  paste(text: string): void;
  /** The code from the browser: trimmed, line breaks inside it removed, sent with Enter. */
  sendCode(code: string): void;
  resize(size: TerminalSize): void;
  /** Resolves with the state when the phase is no longer `waiting`; the state as it is when the signal aborts. */
  settled(signal: AbortSignal): Promise<SignInState>;
  /** Stops looking; leaves the run as it is, so that it can be found again. */
  close(): void;
  /** Ends the session and removes the run. */
  abandon(): Promise<Result<void>>;
}

export interface SignInInput {
  readonly runtime: Runtime;
  readonly profile: Profile;
  readonly method: SignInMethod;
  readonly size: TerminalSize;
}

/** Starts a sign-in and the live checks beside it. */
export type StartSignIn = (ports: Ports, input: SignInInput, signal: AbortSignal) => Promise<Result<SignIn>>;

/** Sign-ins of a profile that an earlier process left behind, newest first. */
export type FindSignIns = (
  ports: Ports,
  input: Omit<SignInInput, 'method'>,
) => Promise<Result<readonly SignIn[]>>;
