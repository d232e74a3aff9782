import { fail, ok, type Result } from '../domain/failure.ts';
import type { FixAction } from '../domain/playbooks/playbook.ts';
import type { Profile } from '../domain/profile.ts';
import type { Ports } from '../ports/ports.ts';
import { buildImage, planImage } from './build-image.ts';
import { capture } from './capture.ts';
import { applyFirstRun, planFirstRun } from './first-run.ts';
import { openRuntime, requireEngine } from './open-runtime.ts';
import { withProfileLock } from './profile-lock.ts';
import { resolveProfile } from './profiles.ts';
import { refresh, usualMarginMs } from './refresh.ts';
import { rollBack } from './rollback.ts';
import { findUncaptured } from './uncaptured.ts';

/** What can be done right here. The others open the sign-in, which is the caller's business. */
export type ApplicableAction = Exclude<FixAction, { readonly type: 'sign-in' | 'use-sandbox' }>;

/** How one kind of fix is done; what was done, in one line. */
type Apply<Type extends ApplicableAction['type']> = (
  ports: Ports,
  action: Extract<ApplicableAction, { readonly type: Type }>,
  onProgress: (line: string) => void,
  signal: AbortSignal,
) => Promise<Result<string>>;

/** Does a fix. `onProgress` gets lines for people while it lasts. */
export const applyFix = (
  ports: Ports,
  action: ApplicableAction,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<Result<string>> => {
  const apply = fixes[action.type] as Apply<typeof action.type>;
  return apply(ports, action as never, onProgress, signal);
};

const fixes: { readonly [Type in ApplicableAction['type']]: Apply<Type> } = {
  'look-again': async () => ok('Looked again'),

  'tighten-permissions': async (ports, { authDir }) => {
    const done = await ports.store.tighten(authDir);
    return done.ok ? ok(`${authDir} is yours alone now`) : done;
  },

  'build-image': async (ports, { noCache }, onProgress, signal) => {
    const config = await ports.settings.load();
    if (!config.ok) return config;
    const [plan, engine] = await Promise.all([
      planImage(ports, config.value.image),
      requireEngine(ports, signal),
    ]);
    if (!plan.ok) return plan;
    if (!engine.ok) return engine;
    const input = { engine: engine.value, plan: plan.value, noCache };
    const built = await buildImage(
      ports,
      input,
      (event) => {
        if (event.type === 'step') onProgress(`Step ${event.step} of ${event.steps}: ${event.text}`);
        if (event.type === 'line') onProgress(event.text);
      },
      signal,
    );
    if (!built.ok) return built;
    return ok(`${plan.value.reference} ${built.value.built ? 'was built' : 'is up to date'}`);
  },

  capture: async (ports, action, onProgress, signal) => {
    const profile = await profileOf(ports, action.profile);
    if (!profile.ok) return profile;
    const runtime = await openRuntime(ports, profile.value.runtime, signal);
    if (!runtime.ok) return runtime;
    const run = await findUncaptured(ports, runtime.value, profile.value);
    if (run === null) return nothingToCapture(action.profile);
    const onBytes = ({ files }: { readonly files: number }) => onProgress(`${files} files`);
    const captured = await capture(ports, { profile: profile.value, run }, onBytes, signal);
    return captured.ok ? ok(`The login is in ${profile.value.authDir} now`) : captured;
  },

  refresh: async (ports, action, onProgress, signal) => {
    const profile = await profileOf(ports, action.profile);
    if (!profile.ok) return profile;
    const input = { profile: profile.value, marginMs: usualMarginMs };
    const done = await refresh(ports, input, onProgress, signal);
    return done.ok ? ok('The login has fresh tokens') : done;
  },

  recover: async (ports, action, _onProgress, signal) => {
    const profile = await profileOf(ports, action.profile);
    if (!profile.ok) return profile;
    return withProfileLock(ports, profile.value, 'recover', signal, async (recovered) =>
      ok(recovered?.summary ?? 'Nothing was left half done any more'),
    );
  },

  'roll-back': async (ports, action, _onProgress, signal) => {
    const profile = await profileOf(ports, action.profile);
    if (!profile.ok) return profile;
    const done = await rollBack(ports, { profile: profile.value, id: action.snapshot }, signal);
    if (!done.ok) return done;
    return ok(`The state of ${new Date(done.value.snapshot.takenAt).toISOString()} is back`);
  },

  'mark-onboarding': async (ports, { authDir }, _onProgress, signal) => {
    const write = async (): Promise<Result<string>> => {
      const plan = await planFirstRun(ports, { authDir, trustFolders: [] });
      if (!plan.ok) return plan;
      const changes = plan.value.changes.filter(({ file }) => file === '.claude.json');
      const done = await applyFirstRun(ports, { authDir, plan: { changes } });
      return done.ok ? ok('Onboarding is marked as done') : done;
    };
    const config = await ports.settings.load();
    const profile = config.ok ? config.value.profiles.find((one) => one.authDir === authDir) : undefined;
    return profile === undefined ? write() : withProfileLock(ports, profile, 'first-run', signal, write);
  },

  'write-file': async (ports, { path, content }) => {
    const written = await ports.outputFiles.writeNew(path, content);
    return written.ok ? ok(`Wrote ${written.value.path}`) : written;
  },
};

const profileOf = async (ports: Ports, name: string): Promise<Result<Profile>> => {
  const resolved = await resolveProfile(ports, name);
  return resolved.ok ? ok(resolved.value.profile) : resolved;
};

const nothingToCapture = (name: string): Result<never> =>
  fail(
    'sign-in.abandoned',
    'Nothing was captured',
    'no finished sign-in is there any more',
    `sign in again: claude-setup login ${name}`,
  );
