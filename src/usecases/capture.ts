import type { CheckReport, Finding } from '../domain/checks/report.ts';
import { sameTokens } from '../domain/credentials.ts';
import { fail, ok, type Result } from '../domain/failure.ts';
import { defaultLeaveOut, type Profile } from '../domain/profile.ts';
import { sealedName } from '../domain/seal.ts';
import type { Recovery, Snapshot, StageProgress, Staging } from '../ports/auth-store.ts';
import type { Ports } from '../ports/ports.ts';
import type { SignInRun } from '../ports/runtime.ts';
import { checkDirectory } from './check.ts';
import { withProfileLock } from './profile-lock.ts';

/** A login that is now in the auth directory. */
export interface Captured {
  /** The checks over the auth directory as it is now. */
  readonly report: CheckReport;
  /** The state before, kept for a rollback; null when there was none. */
  readonly snapshot: Snapshot | null;
  /** What an earlier process had left half done. */
  readonly recovered: Recovery | null;
}

export interface CaptureInput {
  readonly profile: Profile;
  readonly run: SignInRun;
  /** The long-lived token that `claude setup-token` printed; null for every other method. */
  readonly longLivedToken?: string | null;
}

/**
 * Moves a signed-in state from its run into the profile's auth directory and then removes the run. When anything goes
 * wrong the auth directory is as before and the run is kept, so that it can be tried again.
 */
export const capture = (
  ports: Ports,
  { profile, run, longLivedToken }: CaptureInput,
  onProgress: (progress: StageProgress) => void,
  signal: AbortSignal,
): Promise<Result<Captured>> =>
  withProfileLock(ports, profile, 'capture', signal, async (recovered) => {
    const committed = longLivedToken
      ? await captureToken(ports, profile, longLivedToken)
      : await captureState(ports, profile, run, onProgress, signal);
    if (!committed.ok) return committed;
    const report = await checkDirectory(ports, {
      authDir: profile.authDir,
      profile: profile.name,
      live: null,
    });
    // The login is safe now; a run that can't be removed is found and offered again, which does no harm.
    await run.remove();
    return ok({ report, snapshot: committed.value.snapshot, recovered });
  });

type Committed = Promise<Result<{ readonly snapshot: Snapshot | null }>>;

const captureToken = async (ports: Ports, profile: Profile, token: string): Committed => {
  const written = await ports.store.write(profile.authDir, new Map([['oauth-token', `${token}\n`]]));
  return written.ok ? ok({ snapshot: null }) : written;
};

const captureState = async (
  ports: Ports,
  profile: Profile,
  run: SignInRun,
  onProgress: (progress: StageProgress) => void,
  signal: AbortSignal,
): Committed => {
  const tar = await run.download(signal);
  if (!tar.ok) return tar;
  // A session can't make a directory look sealed.
  const leaveOut = [...(profile.leaveOut ?? defaultLeaveOut), sealedName];
  const staged = await ports.store.stage(profile.authDir, tar.value, { leaveOut, signal, onProgress });
  if (!staged.ok) return staged;
  const acceptable = await checkStaging(ports, profile, staged.value);
  if (!acceptable.ok) {
    await ports.store.discard(staged.value);
    return acceptable;
  }
  return ports.store.commit(staged.value);
};

const checkStaging = async (ports: Ports, profile: Profile, staging: Staging): Promise<Result<void>> => {
  const report = await checkDirectory(ports, { authDir: staging.path, profile: profile.name, live: null });
  const bad = report.findings.find((finding) => finding.status === 'fail');
  if (bad !== undefined) return checksFailed(bad);
  const [before, after] = await Promise.all([
    ports.store.readLogin(profile.authDir),
    ports.store.readLogin(staging.path),
  ]);
  if (!after.ok) return after;
  if (before.ok && sameTokens(before.value.login, after.value.login)) {
    return fail(
      'sign-in.unchanged',
      'This is the login that was there before',
      'the session holds the same tokens, so nobody signed in anew',
      'sign in again and paste a fresh code',
    );
  }
  return ok(undefined);
};

const checksFailed = (finding: Finding): Result<never> =>
  fail(
    'capture.checks-failed',
    'The signed-in state was not captured, and the auth directory is as before',
    finding.summary,
    finding.fix || 'sign in again; the session is kept until then',
  );
