import { isBlanked } from '../domain/credentials.ts';
import { fail, failureLine, ok, type Result } from '../domain/failure.ts';
import { toLease } from '../domain/lease.ts';
import type { Profile } from '../domain/profile.ts';
import { hasRefreshToken, toFullCopy } from '../domain/working-copy.ts';
import type { AuthStore } from '../ports/auth-store.ts';
import type { Ports } from '../ports/ports.ts';
import type { SessionEnd } from '../ports/session.ts';
import { openRuntime } from './open-runtime.ts';
import { withProfileLock } from './profile-lock.ts';
import { publicationsOf } from './publications.ts';
import { type Connect, type Interruption, type RunInput, untilTheEnd } from './run.ts';
import { askLive } from './run-check.ts';
import { settleCopies, settleCopy } from './settle-copies.ts';

/** As long as it takes. */
const patienceMs = 2 ** 31 - 1;
const never = new AbortController().signal;

export type RunFullInput = Omit<RunInput, 'runtime' | 'marginMs'>;

/**
 * Runs a command on the whole login, as its only holder: the profile is locked all the while. What the command has made
 * of the login is adopted afterwards, also by the next command when this process is killed. Where it runs is where the
 * profile's own refreshes run, so that it is looked for there.
 */
export const runFull = (
  ports: Ports,
  { profile, request, check }: RunFullInput,
  connect: Connect,
  onProgress: (line: string) => void,
  interruption: Interruption,
): Promise<Result<SessionEnd>> => {
  const { signal } = interruption;
  return withProfileLock(ports, profile, 'run --full', signal, async (undone) => {
    if (undone !== null) onProgress(undone.summary);
    const needsImage = request.container.image === null;
    const runtime = await openRuntime(ports, profile.runtime, signal, { needsImage });
    if (!runtime.ok) return runtime;
    const settled = await settleCopies(ports, profile, runtime.value, onProgress, signal);
    if (!settled.ok) return settled;
    const login = await loginToHand(ports, profile);
    if (!login.ok) return login;
    if (check) {
      const lease = toLease(login.value.login, login.value.stateFile);
      const live = await askLive(runtime.value, profile, lease, signal);
      if (!live.ok) return live;
    }
    const copy = toFullCopy(login.value.login, login.value.stateFile);
    const job = await runtime.value.startFullJob({ ...request, profile: profile.name }, copy, signal);
    if (!job.ok) return job;
    for (const note of job.value.notes) onProgress(note);
    const ended = await untilTheEnd(ports, job.value, connect, interruption, () =>
      job.value.copy.settled(patienceMs, never),
    );
    const adopted = await settleCopy(ports, profile, job.value.copy, never);
    if (!adopted.ok) {
      // The command's own end comes first, unless it hides that something is wrong.
      if (!ended.ok || ended.value.exitCode === 0) return adopted;
      onProgress(failureLine(adopted.failure));
    } else if (adopted.value.kind === 'adopted') onProgress(`Kept the new tokens of ${profile.name}`);
    return ended;
  });
};

type Login = Awaited<ReturnType<AuthStore['readLogin']>>;

/** The login, when it can be handed out whole: to one holder at a time. */
const loginToHand = async (ports: Ports, profile: Profile): Promise<Login> => {
  const publications = await publicationsOf(ports, profile);
  if (!publications.ok) return publications;
  const holder = publications.value.find(({ full }) => full);
  const notRun = 'Nothing was run';
  if (holder !== undefined) {
    const why = `${holder.directory} holds the whole login of ${profile.name} already, and two holders sign each other out`;
    const fix = `run it on a lease (without --full), or take it back: claude-setup unapply ${profile.name}`;
    return fail('locked', notRun, why, fix);
  }
  const stored = await ports.store.readLogin(profile.authDir);
  if (!stored.ok) return stored;
  const { login } = stored.value;
  if (!isBlanked(login) && hasRefreshToken(login)) return ok(stored.value);
  const why = `the login of ${profile.name} holds no refresh token`;
  return fail('refresh.impossible', notRun, why, `sign in again: claude-setup login ${profile.name}`);
};
