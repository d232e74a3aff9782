import type { StoredLogin } from './credentials.ts';

const fullLoginMark: unique symbol = Symbol('full login');

/**
 * A whole login on its way to its one other holder, with the refresh token: whoever has it can refresh, and uses up the
 * stored one by that. Only `toFullLogin` makes one, and what the holder made of it is taken back before we refresh.
 */
export interface FullLoginFiles {
  readonly [fullLoginMark]: true;
  /** Content by path relative to the config directory. */
  readonly files: ReadonlyMap<string, string>;
}

/** Other servers' logins (`mcpOAuth`) stay behind, as with a lease. */
export const toFullLogin = (login: StoredLogin, stateFile: string | null): FullLoginFiles => {
  const files = new Map([
    ['.credentials.json', `${JSON.stringify({ claudeAiOauth: login.claudeAiOauth })}\n`],
  ]);
  if (stateFile !== null) files.set('.claude.json', stateFile);
  return { [fullLoginMark]: true, files };
};
