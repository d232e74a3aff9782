/**
 * What makes the CLI ask the provider once without an inference: for a model that does not exist. A login that has
 * ended is refreshed first, and unlike `claude auth status`, which ends 8.5 s after its start with the question still
 * under way, this waits for the 30 s that the CLI gives the issuer (both seen in 2.1.330).
 */
export const liveCallArguments: readonly string[] = [
  '-p',
  'x',
  '--model',
  'claude-setup-refresh-no-such-model',
  '--strict-mcp-config',
];

/** It is tried once, and nothing is told to anybody. */
export const liveCallEnvironment: Readonly<Record<string, string>> = {
  CLAUDE_CODE_MAX_RETRIES: '0',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
};

/**
 * Whether the provider let the call through as far as the model. Seen in 2.1.330: "There's an issue with the selected
 * model (…)" then; "Failed to authenticate. API Error: 401 …" for a revoked token; "Not logged in" for none.
 */
export const gotThrough = (stdout: string): boolean =>
  /issue with the selected model|not_found_error|API Error: 404/i.test(stdout);
