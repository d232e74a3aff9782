import * as z from 'zod/mini';
import type { LiveFacts } from '../domain/checks/facts.ts';
import type { CheckReport } from '../domain/checks/report.ts';
import { ok, type Result } from '../domain/failure.ts';
import { toLease } from '../domain/lease.ts';
import type { Profile } from '../domain/profile.ts';
import { redact } from '../domain/redact.ts';
import type { Ports } from '../ports/ports.ts';
import type { Runtime } from '../ports/runtime.ts';
import { checkDirectory } from './check.ts';

/** What `claude auth status` prints (source: claude-cli-observed, "claude auth status"). */
const statusSchema = z.looseObject({ loggedIn: z.boolean(), authMethod: z.optional(z.string()) });

const statusTimeoutMs = 60_000;

/**
 * Every check, and then the real CLI on a lease of the login. Never on the login itself: `auth status` refreshes an
 * expired token, and a working copy that is thrown away would take the only valid one with it.
 */
export const verify = async (
  ports: Ports,
  { profile, runtime }: { readonly profile: Profile; readonly runtime: Runtime },
  signal: AbortSignal,
): Promise<Result<CheckReport>> => {
  const live = await askCli(ports, profile, runtime, signal);
  if (!live.ok) return live;
  return ok(
    await checkDirectory(ports, { authDir: profile.authDir, profile: profile.name, live: live.value }),
  );
};

const notIn = { loggedIn: false, authMethod: null, fix: null } as const;

const askCli = async (
  ports: Ports,
  profile: Profile,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<Result<LiveFacts | null>> => {
  const stored = await ports.store.readLogin(profile.authDir);
  // Without a readable login there is nothing to ask about; the other checks say what is wrong with it.
  if (!stored.ok) return ok(null);
  const lease = toLease(stored.value.login, stored.value.stateFile);
  const answer = await runtime.runCli(['auth', 'status'], lease, {
    profile: profile.name,
    timeoutMs: statusTimeoutMs,
    signal,
  });
  if (!answer.ok) {
    if (answer.failure.code === 'interrupted') return answer;
    const { what, why, fix } = answer.failure;
    return ok({ ...notIn, detail: redact(`${what}: ${why}`), fix: redact(fix) });
  }
  const status = readStatus(answer.value.stdout);
  if (status === null) {
    const said = redact(`${answer.value.stdout} ${answer.value.stderr}`)
      .replaceAll(/\s+/g, ' ')
      .trim()
      .slice(0, 200);
    const detail = `claude auth status ended with ${answer.value.exitCode}${said ? ` and said: ${said}` : ''}`;
    return ok({ ...notIn, detail });
  }
  const detail = status.loggedIn
    ? 'claude auth status says loggedIn: true'
    : 'claude auth status says loggedIn: false';
  return ok({ loggedIn: status.loggedIn, authMethod: status.authMethod ?? null, detail, fix: null });
};

const readStatus = (stdout: string): z.infer<typeof statusSchema> | null => {
  try {
    const parsed = statusSchema.safeParse(JSON.parse(stdout));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
};
