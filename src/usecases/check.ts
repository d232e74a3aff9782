import type { LiveFacts } from '../domain/checks/facts.ts';
import type { CheckReport } from '../domain/checks/report.ts';
import { runChecks } from '../domain/checks/run-checks.ts';
import type { Ports } from '../ports/ports.ts';

/** Variables that outrank a captured login (source: claude-cli-observed, "claude auth status"). */
const overriding = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'CLAUDE_CODE_OAUTH_TOKEN',
  'ANTHROPIC_BASE_URL',
];

export interface CheckInput {
  readonly authDir: string;
  /** The profile's name; null for a directory of no profile. */
  readonly profile: string | null;
  /** What the real CLI said; null when it was not asked. */
  readonly live: LiveFacts | null;
}

/** Runs every check on a directory. Trouble of any kind is a finding, never a failure of the command. */
export const checkDirectory = async (
  { store, host, clock, loginMarks }: Pick<Ports, 'store' | 'host' | 'clock' | 'loginMarks'>,
  { authDir, profile, live }: CheckInput,
): Promise<CheckReport> => {
  const [facts, refused] = await Promise.all([
    store.gather(authDir),
    profile === null ? null : loginMarks.refused(profile),
  ]);
  return runChecks(profile, {
    ...facts,
    refused,
    uid: host.uid,
    now: clock.now(),
    overridingVariables: overriding.filter((name) => Boolean(host.env[name])),
    live,
  });
};
