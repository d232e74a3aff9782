/**
 * What makes the CLI refresh a login that has ended, and wait for the answer. The model does not exist, so that nothing
 * is inferred. `claude auth status` refreshes too, but it ends 8.5 s after its start with the question still under way,
 * and then the only valid token is lost; this waits for the 30 s that the CLI gives the issuer (both seen in 2.1.330).
 */
export const refreshArguments: readonly string[] = [
  '-p',
  'x',
  '--model',
  'claude-setup-refresh-no-such-model',
  '--strict-mcp-config',
];

/** What comes after the refresh does not matter, so it is tried once, and nothing is told to anybody. */
export const refreshEnvironment: Readonly<Record<string, string>> = {
  CLAUDE_CODE_MAX_RETRIES: '0',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
};
