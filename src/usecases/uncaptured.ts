import { parseLogin, sameTokens } from '../domain/credentials.ts';
import type { Profile } from '../domain/profile.ts';
import type { Ports } from '../ports/ports.ts';
import type { Runtime, SignInRun } from '../ports/runtime.ts';

const limitBytes = 1024 * 1024;

/** The newest sign-in of a profile that left a login which was not captured; null when there is none. Attaches to nothing. */
export const findUncaptured = async (
  { store }: Pick<Ports, 'store'>,
  runtime: Runtime,
  { name, authDir }: Profile,
): Promise<SignInRun | null> => {
  const [runs, stored] = await Promise.all([runtime.findSignIns(name, null), store.readLogin(authDir)]);
  if (!runs.ok) return null;
  for (const run of runs.value) {
    const read = await run.read('.credentials.json', limitBytes);
    if (!read.ok || read.value === null) continue;
    const parsed = parseLogin(new TextDecoder('utf-8', { ignoreBOM: true }).decode(read.value));
    if (!parsed.ok || parsed.login.claudeAiOauth.accessToken === '') continue;
    if (!stored.ok || !sameTokens(stored.value.login, parsed.login)) return run;
  }
  return null;
};
