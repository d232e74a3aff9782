import { fail, ok, type Result } from '../domain/failure.ts';
import {
  type Profile,
  type RuntimeKind,
  runtimeKinds,
  type SignInMethod,
  signInMethods,
} from '../domain/profile.ts';
import type { StageProgress } from '../ports/auth-store.ts';
import type { Runtime } from '../ports/runtime.ts';
import { formatBytes } from '../tui/format.ts';
import { type Captured, capture } from '../usecases/capture.ts';
import { prepareRuntime } from '../usecases/prepare-sign-in.ts';
import { addProfile, resolveProfile } from '../usecases/profiles.ts';
import { findSignIns, type SignIn, startSignIn } from '../usecases/sign-in.ts';
import { verify } from '../usecases/verify.ts';
import { createBuildLines } from './build-lines.ts';
import { type Command, type Invocation, jsonOption, textOption } from './command.ts';
import { handTerminal } from './hand-terminal.ts';
import { printFailure, printJson, printLines, progressLine } from './io.ts';
import { openScreens } from './open-screens.ts';
import { reportLines } from './print-report.ts';
import { sealIfAsked } from './seal.ts';
import { withWait } from './wait.ts';

/** `claude-setup login`: the wizard for one profile; with `--plain` the same line by line, without screens. */
export const loginCommand: Command = withWait(
  {
    options: [
      { flags: '--runtime <runtime>', summary: 'where the CLI runs', choices: runtimeKinds },
      { flags: '--method <method>', summary: 'how to sign in', choices: signInMethods },
      { flags: '--sealed', summary: 'keep the profile in one encrypted file (profile seal)' },
      { flags: '--plain', summary: 'line by line, without screens' },
      jsonOption,
    ],
    examples: [
      'claude-setup login',
      'claude-setup login staging',
      'claude-setup login dev --runtime sandbox --plain',
    ],
    run: async (invocation) => {
      const { io, args, options } = invocation;
      const json = options.json === true;
      if (io.stdin.isTTY !== true || io.stdout.isTTY !== true)
        return printFailure(io, needsTerminal.failure, json);
      const runtime = textOption(invocation, 'runtime') as RuntimeKind | null;
      const method = textOption(invocation, 'method') as SignInMethod | null;
      const name = await openedProfile(invocation, args[0] ?? null, runtime);
      if (!name.ok) return printFailure(io, name.failure, json);
      if (!options.plain && !json && io.interactive) {
        return openScreens(invocation, { screen: 'wizard', profile: name.value, runtime, method });
      }
      const done = await plainLogin(invocation, runtime, method ?? 'auth-login');
      if (!done.ok) return printFailure(io, done.failure, json);
      const report = done.value;
      if (json) printJson(io, report);
      else
        printLines(
          io,
          reportLines(report, { color: io.color, unicode: io.unicode, now: invocation.ports.clock.now() }),
        );
      return report.status === 'fail' ? 1 : 0;
    },
  },
  { screens: true },
);

/**
 * The name that the wizard is to begin with. What a sealed profile takes to be opened is asked for now: nobody may sit
 * there any more when the login is to be put in.
 */
const openedProfile = async (
  invocation: Invocation,
  name: string | null,
  runtime: RuntimeKind | null,
): Promise<Result<string | null>> => {
  const { ports, options } = invocation;
  const resolved = options.sealed === true ? null : await resolveProfile(ports, name);
  if (resolved !== null && !resolved.ok) return ok(name);
  const chosen = resolved ?? (await profileToSignIn(invocation, name, runtime));
  if (!chosen.ok) return chosen;
  const profile = 'profile' in chosen.value ? chosen.value.profile : chosen.value;
  const sealed = await sealIfAsked(invocation, profile);
  if (!sealed.ok) return sealed;
  const unlocked = await ports.seals.unlock(profile.authDir);
  return unlocked.ok ? ok(options.sealed === true ? profile.name : name) : unlocked;
};

const needsTerminal = fail(
  'sign-in.needs-terminal',
  'Nobody can sign in here',
  'a sign-in needs a terminal at both ends, and there is none',
  'run it in a terminal; in a container add -it',
);

const plainLogin = async (
  invocation: Invocation,
  runtimeKind: RuntimeKind | null,
  method: SignInMethod,
): Promise<Result<Captured['report']>> => {
  const { ports, io, signal, args } = invocation;
  const say = (line: string) => progressLine(io, line);
  const chosen = await profileToSignIn(invocation, args[0] ?? null, runtimeKind);
  if (!chosen.ok) return chosen;
  const profile = chosen.value;
  say(`Profile ${profile.name}, kept in ${profile.authDir}`);
  const lines = createBuildLines(io, ports);
  const kind = runtimeKind ?? profile.runtime;
  const runtime = await prepareRuntime(ports, kind, { line: say, build: lines.show }, signal);
  lines.end();
  if (!runtime.ok) return runtime;
  const signIn = await foundOrStarted(invocation, profile, runtime.value, method);
  if (!signIn.ok) return signIn;
  const captured = await signInAndCapture(invocation, profile, signIn.value);
  if (!captured.ok) return captured;
  if (captured.value.recovered) say(captured.value.recovered.summary);
  say('Captured. Asking the Claude CLI whether it accepts the login');
  return verify(ports, { profile, runtime: runtime.value }, signal);
};

/** The profile that is meant; one that is named and not there yet is added with its defaults, as is `dev` at first. */
const profileToSignIn = async (
  { ports }: Invocation,
  name: string | null,
  runtime: RuntimeKind | null,
): Promise<Result<Profile>> => {
  const config = await ports.settings.load();
  if (!config.ok) return config;
  const { profiles } = config.value;
  if (profiles.some((profile) => profile.name === name) || (name === null && profiles.length > 0)) {
    const resolved = await resolveProfile(ports, name);
    return resolved.ok ? ok(resolved.value.profile) : resolved;
  }
  const added = await addProfile(ports, {
    name: name ?? 'dev',
    authDir: null,
    runtime: runtime ?? 'docker',
    allowOccupied: false,
  });
  return added.ok ? ok(added.value.profile) : added;
};

const terminalSize = ({ io }: Invocation) => ({
  columns: io.stdout.columns || 80,
  rows: io.stdout.rows || 24,
});

/** A finished sign-in that an earlier run left is taken up before a new one is begun. */
const foundOrStarted = async (
  invocation: Invocation,
  profile: Profile,
  runtime: Runtime,
  method: SignInMethod,
): Promise<Result<SignIn>> => {
  const { ports, io, signal } = invocation;
  const input = { runtime, profile, size: terminalSize(invocation) };
  const found = await findSignIns(ports, input);
  if (!found.ok) return found;
  let taken: SignIn | null = null;
  for (const signIn of found.value) {
    const state = signIn.run.session === null ? await signIn.settled(signal) : signIn.state;
    if (taken === null && state.phase === 'signed-in') taken = signIn;
    else if (state.phase === 'ended') await signIn.abandon();
    else signIn.close();
  }
  if (taken !== null) {
    progressLine(io, 'Found a finished sign-in that was not captured yet.');
    return ok(taken);
  }
  return startSignIn(ports, { ...input, method }, signal);
};

/** How often a capture says how far it is. */
const sayEveryMs = 5000;

const signInAndCapture = async (
  invocation: Invocation,
  profile: Profile,
  signIn: SignIn,
): Promise<Result<Captured>> => {
  const { ports, io, signal } = invocation;
  if (signIn.state.phase === 'waiting') await handTerminal(io, signIn, signal);
  const { phase, end } = signIn.state;
  if (phase !== 'signed-in') {
    await signIn.abandon();
    return signal.aborted
      ? fail('interrupted', 'The sign-in was left', 'it was interrupted', 'sign in again')
      : notSignedIn(end?.exitCode ?? null);
  }
  const longLivedToken = signIn.screen?.longLivedToken ?? null;
  signIn.close();
  let saidAt = ports.clock.now();
  const show = ({ files, bytes }: StageProgress) => {
    if (ports.clock.now() - saidAt < sayEveryMs) return;
    saidAt = ports.clock.now();
    progressLine(io, `Capturing: ${files} files, ${formatBytes(bytes)}`);
  };
  return capture(ports, { profile, run: signIn.run, longLivedToken }, show, signal);
};

const notSignedIn = (exitCode: number | null): Result<never> =>
  exitCode === null
    ? fail(
        'sign-in.abandoned',
        'Nobody signed in',
        'the connection to the session was cut before there was a login',
        'see that the engine runs (`docker version`), then run claude-setup login again',
      )
    : fail(
        'sign-in.abandoned',
        'Nobody signed in',
        `the session ended with ${exitCode} and left no login`,
        'run claude-setup login again and paste the code that the browser shows',
      );
