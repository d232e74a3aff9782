import { type Failure, fail, failureLine, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import type { Ports } from '../ports/ports.ts';
import type { Runtime } from '../ports/runtime.ts';
import { bringHome } from './holders.ts';
import { openRuntime } from './open-runtime.ts';
import { settleCopies } from './settle-copies.ts';

/** Where something of a profile can have been left. */
export interface Places {
  readonly runtimes: readonly Runtime[];
  /** Why the containers of a profile that signs in with docker could not be looked at; null when they could, or need not be. */
  readonly unseen: Failure | null;
}

/** The runtimes of a profile: its own, and the other one as well, where a sign-in can have been made with `--runtime`. */
export const placesOf = async (ports: Ports, profile: Profile, signal: AbortSignal): Promise<Places> => {
  const sandbox = ports.runtimes.sandbox();
  // No image is needed to find containers.
  const docker = await openRuntime(ports, 'docker', signal, { needsImage: false });
  if (docker.ok) return { runtimes: [sandbox, docker.value], unseen: null };
  return { runtimes: [sandbox], unseen: profile.runtime === 'docker' ? docker.failure : null };
};

/** These ends of a refresh leave nothing behind, and the stored login as good as it was. */
const overAndDone: readonly string[] = ['refresh.refused', 'refresh.unusable'];

/**
 * Brings home what belongs to a profile's login and lies elsewhere under its name: new tokens of refreshes that were cut
 * off, and of the holder of the full login. `profile.unsettled` when that can't be done now. Called under its lock.
 */
export const settleLogin = async (
  ports: Ports,
  profile: Profile,
  { runtimes }: Places,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<Result<void>> => {
  for (const runtime of runtimes) {
    for (;;) {
      // Looked for anew each time: a copy that was adopted and could not be removed has to go as well.
      const copies = await runtime.findWorkingCopies(profile.name);
      if (!copies.ok) return unsettled(profile, copies.failure);
      if (copies.value.length === 0) break;
      const settled = await settleCopies(ports, profile, runtime, onProgress, signal);
      if (settled.ok) continue;
      if (settled.failure.code === 'interrupted') return settled;
      // Each such end has removed its copy, so there is one less the next time.
      if (!overAndDone.includes(settled.failure.code)) return unsettled(profile, settled.failure);
      onProgress(failureLine(settled.failure));
    }
  }
  const home = await bringHome(ports, profile, onProgress);
  return home.ok ? home : unsettled(profile, home.failure);
};

/** Nothing was done, because a part of the login may lie where it can not be reached now. */
export const unsettled = ({ name }: Profile, { what, why, fix }: Failure): Result<never> =>
  fail(
    'profile.unsettled',
    `${name} was left as it is`,
    `newer tokens of it may lie elsewhere under this name, and they can't be brought home now (${what}: ${why})`,
    fix,
  );
