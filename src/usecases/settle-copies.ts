import { fail, ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import { loginMark } from '../domain/working-copy.ts';
import type { Ports } from '../ports/ports.ts';
import type { Runtime, WorkingCopy } from '../ports/runtime.ts';
import { adoptWorkingCopy, type Settled } from './adopt-working-copy.ts';

/** The CLI gives up on the issuer by itself long before this. */
const settleMs = 120_000;

/**
 * Takes over what killed refreshes left in a runtime. When the access token that was taken over ends, in milliseconds since
 * the epoch; null when there was none that is newer than what is stored. Called under the profile's lock.
 */
export const settleCopies = async (
  ports: Ports,
  profile: Profile,
  runtime: Runtime,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<Result<number | null>> => {
  const copies = await runtime.findWorkingCopies(profile.name);
  if (!copies.ok) return copies;
  let recovered: number | null = null;
  for (const copy of copies.value) {
    const stored = await ports.store.readLogin(profile.authDir);
    // With nothing readable stored, the copy may be all there is.
    if (!stored.ok) return stored;
    if (loginMark(stored.value.login) !== copy.base) {
      // Made of another login than the one that is stored now: adopted already, or somebody has signed in since.
      const removed = await copy.remove();
      if (!removed.ok) return removed;
      continue;
    }
    onProgress(
      copy.holder === 'job'
        ? `Taking back the login of ${profile.name} from a command that was cut off`
        : `Taking over a refresh of ${profile.name} that was cut off`,
    );
    const settled = await settleCopy(ports, profile, copy, signal);
    if (!settled.ok) return settled;
    if (settled.value.kind === 'adopted') recovered = settled.value.expiresAt;
  }
  return ok(recovered);
};

/** Waits for the CLI of a working copy to end, and adopts what it made. */
export const settleCopy = async (
  ports: Ports,
  profile: Profile,
  copy: WorkingCopy,
  signal: AbortSignal,
): Promise<Result<Settled>> => {
  const over = await copy.settled(settleMs, signal);
  if (!over.ok) return over;
  if (!over.value) {
    return fail(
      'refresh.under-way',
      `${profile.name} is not refreshed yet`,
      `the CLI has waited for the issuer for ${settleMs / 1000} s, and ending it could lose the login`,
      'try again later: what it gets is taken over then',
    );
  }
  return adoptWorkingCopy(ports, profile, copy);
};
