import type { CheckReport } from '../domain/checks/report.ts';
import { type StoredLogin, sameTokens } from '../domain/credentials.ts';
import { ok, type Result } from '../domain/failure.ts';
import type { Profile, SignInMethod } from '../domain/profile.ts';
import type { Screen } from '../ports/emulator.ts';
import type { Ports } from '../ports/ports.ts';
import type { Runtime, SignInRun } from '../ports/runtime.ts';
import type { Session, SessionEnd, TerminalSize } from '../ports/session.ts';
import { createFileWatcher } from './watch-files.ts';

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
  /** Where a link of the session leads that wants to be taken for the sign-in and is not; null while there was none. */
  readonly falseSignInPlace: string | null;
  /** The live checks over the files in the runtime; null until the first look. */
  readonly report: CheckReport | null;
  /** Set once the session's program has ended. */
  readonly end: SessionEnd | null;
}

/** A sign-in as the screens see it. */
export interface SignIn {
  readonly run: SignInRun;
  readonly method: SignInMethod;
  /** Hosts whose sign-in links are taken; the provider's when undefined. */
  readonly hosts: readonly string[] | undefined;
  /** What the session draws; null when a run was found again after its program ended. */
  readonly screen: Screen | null;
  readonly state: SignInState;
  /** Called when `state` is another object. Returns the unsubscriber. */
  subscribe(listener: () => void): () => void;
  /** Keys, byte for byte. */
  write(input: Uint8Array | string): void;
  /** A pasted text: wrapped as a bracketed paste when the session asked for it. */
  paste(text: string): void;
  /** The code from the browser: white space inside and around it removed, sent with Enter. */
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

/** How often the files are looked at, so that a check turns within the design's 500 ms. */
const lookIntervalMs = 250;
/** How many looks may fail, one after the other, before an ended session counts as one without a login. */
const patientLooks = 40;

/** Output that may wait for the emulator before the session is paused. */
const highWaterBytes = 256 * 1024;

/** Starts a sign-in and the live checks beside it. */
export const startSignIn = async (
  ports: Ports,
  { runtime, profile, method, size }: SignInInput,
  signal: AbortSignal,
): Promise<Result<SignIn>> => {
  const started = await runtime.startSignIn({ profile, method, size }, signal);
  return started.ok ? ok(await follow(ports, profile, started.value, size)) : started;
};

/** Sign-ins of a profile that an earlier process left behind, newest first. */
export const findSignIns = async (
  ports: Ports,
  { runtime, profile, size }: Omit<SignInInput, 'method'>,
): Promise<Result<readonly SignIn[]>> => {
  const found = await runtime.findSignIns(profile.name, size);
  if (!found.ok) return found;
  return ok(await Promise.all(found.value.map((run) => follow(ports, profile, run, size))));
};

const follow = async (
  ports: Ports,
  profile: Profile,
  run: SignInRun,
  size: TerminalSize,
): Promise<SignIn> => {
  const [before, settings] = await Promise.all([
    ports.store.readLogin(profile.authDir),
    ports.settings.load(),
  ]);
  const hosts = settings.ok ? settings.value.signInHosts : undefined;
  const screen = run.session === null ? null : await ports.emulator.open(size, hosts);
  return new FollowedSignIn(ports, profile, run, screen, before.ok ? before.value.login : null, hosts);
};

class FollowedSignIn implements SignIn {
  readonly run: SignInRun;
  readonly method: SignInMethod;
  readonly hosts: readonly string[] | undefined;
  readonly screen: Screen | null;
  #state: SignInState = { phase: 'waiting', url: null, falseSignInPlace: null, report: null, end: null };
  #login: StoredLogin | null = null;
  readonly #before: StoredLogin | null;
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();

  constructor(
    ports: Ports,
    profile: Profile,
    run: SignInRun,
    screen: Screen | null,
    before: StoredLogin | null,
    hosts: readonly string[] | undefined,
  ) {
    this.hosts = hosts;
    this.run = run;
    this.method = run.method;
    this.#before = before;
    this.screen = screen;
    if (run.session !== null && screen !== null) this.#draw(run.session, screen);
    void this.#look(ports, profile);
  }

  get state(): SignInState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  write(input: Uint8Array | string): void {
    this.run.session?.write(input);
  }

  paste(text: string): void {
    this.write(this.screen?.bracketedPaste ? `\x1b[200~${text.replaceAll('\x1b[201~', '')}\x1b[201~` : text);
  }

  sendCode(code: string): void {
    this.write(`${code.replaceAll(/\s+/g, '')}\r`);
  }

  resize(size: TerminalSize): void {
    this.screen?.resize(size);
    this.run.session?.resize(size);
  }

  settled(signal: AbortSignal): Promise<SignInState> {
    return new Promise((resolve) => {
      const done = () => {
        if (this.#state.phase === 'waiting' && !signal.aborted) return;
        unsubscribe();
        signal.removeEventListener('abort', done);
        resolve(this.#state);
      };
      const unsubscribe = this.subscribe(done);
      signal.addEventListener('abort', done);
      done();
    });
  }

  close(): void {
    this.#closing.abort();
    this.screen?.dispose();
  }

  async abandon(): Promise<Result<void>> {
    this.close();
    return this.run.remove();
  }

  #draw(session: Session, screen: Screen): void {
    let pending = 0;
    const unsubscribe = session.onOutput((chunk) => {
      pending += chunk.length;
      if (pending > highWaterBytes) session.pause();
      void screen.write(chunk).then(() => {
        pending -= chunk.length;
        if (pending <= highWaterBytes) session.resume();
      });
    });
    screen.onReply((bytes) => session.write(bytes));
    screen.onChange(() => this.#change({ url: screen.signInUrl, falseSignInPlace: screen.falseSignInPlace }));
    this.#closing.signal.addEventListener('abort', unsubscribe);
  }

  async #look(ports: Ports, profile: Profile): Promise<void> {
    const watcher = createFileWatcher({ run: this.run, clock: ports.clock, authDir: profile.authDir });
    const ended: Promise<SessionEnd> = this.run.session?.ended ?? Promise.resolve({ exitCode: null });
    let end: SessionEnd | null = null;
    void ended.then((value) => {
      end = value;
    });
    let unasked = 0;
    while (!this.#closing.signal.aborted) {
      // Read before the look: a look that began after the end has seen the last write.
      const endedBefore = end;
      const seen = await watcher.look();
      if (this.#closing.signal.aborted) return;
      this.#login = seen.login;
      // A session that has ended may have left a login that only can't be seen while the engine does not answer.
      unasked = seen.asked ? 0 : unasked + 1;
      const isOver = endedBefore !== null && (seen.asked || unasked >= patientLooks);
      this.#change({ report: seen.report, end: isOver ? endedBefore : null });
      if (isOver) return;
      const pause = ports.clock.wait(lookIntervalMs, this.#closing.signal).catch(() => undefined);
      await (endedBefore === null ? Promise.race([ended, pause]) : pause);
    }
  }

  #change(change: Partial<SignInState>): void {
    const next = { ...this.#state, ...change };
    const phase = this.#phase(next);
    if (sameState(this.#state, { ...next, phase })) return;
    this.#state = { ...next, phase };
    for (const listener of this.#listeners) listener();
  }

  #phase({ phase, report, end }: SignInState): SignInPhase {
    if (phase !== 'waiting') return phase;
    if (this.method === 'setup-token') {
      if (this.screen?.longLivedToken) return 'signed-in';
    } else if (report !== null && report.status !== 'fail' && this.#isNew()) {
      // The account is written a moment after the tokens; a capture in between would miss who signed in.
      if (end !== null || report.account.email !== null) return 'signed-in';
    }
    return end === null ? 'waiting' : 'ended';
  }

  #isNew(): boolean {
    return this.#login !== null && (this.#before === null || !sameTokens(this.#before, this.#login));
  }
}

const sameState = (a: SignInState, b: SignInState): boolean =>
  a.phase === b.phase &&
  a.url === b.url &&
  a.falseSignInPlace === b.falseSignInPlace &&
  a.report === b.report &&
  a.end === b.end;
