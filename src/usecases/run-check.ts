import { fail, ok, type Result } from '../domain/failure.ts';
import type { LeaseFiles } from '../domain/lease.ts';
import { gotThrough, liveCallArguments, liveCallEnvironment } from '../domain/live-call.ts';
import { recogniseCliErrors } from '../domain/playbooks/cli-errors.ts';
import type { Profile } from '../domain/profile.ts';
import { redact } from '../domain/redact.ts';
import type { Runtime } from '../ports/runtime.ts';

const timeoutMs = 60_000;

/** What only a new sign-in mends. */
const deadLogin: ReadonlySet<string> = new Set(['cli-revoked', 'cli-token-expired', 'cli-not-signed-in']);

/** One live call on a lease; `cli.rejected` with the cause when the login is not good for it. */
export const askLive = async (
  runtime: Runtime,
  profile: Profile,
  lease: LeaseFiles,
  signal: AbortSignal,
): Promise<Result<void>> => {
  const options = { profile: profile.name, timeoutMs, signal, env: liveCallEnvironment };
  const answer = await runtime.runCli(liveCallArguments, lease, options);
  if (!answer.ok) return answer;
  const { stdout } = answer.value;
  if (gotThrough(stdout)) return ok(undefined);
  const said = redact(stdout).replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  const known = recogniseCliErrors(stdout)[0];
  const isDead = known === undefined || deadLogin.has(known.id);
  return fail(
    'cli.rejected',
    `The login of ${profile.name} is not good for a call`,
    known?.cause ?? (said ? `the CLI says: ${said}` : 'the CLI said nothing'),
    isDead ? `sign in again: claude-setup login ${profile.name}` : known.fix,
  );
};
