import { isAbsolute, join, resolve } from 'node:path';

/**
 * The directory of the settings: `CLAUDE_SETUP_HOME`, else the platform's place (source: XDG Base Directory
 * Specification, which says that a relative path is to be ignored; Apple's File System Programming Guide).
 */
export const settingsHome = (
  env: Readonly<Record<string, string | undefined>>,
  homeDir: string,
  platform: NodeJS.Platform,
): string => {
  if (env.CLAUDE_SETUP_HOME) return resolve(env.CLAUDE_SETUP_HOME);
  if (platform === 'darwin') return join(homeDir, 'Library', 'Application Support', 'claude-setup');
  const config = env.XDG_CONFIG_HOME;
  return join(config && isAbsolute(config) ? config : join(homeDir, '.config'), 'claude-setup');
};
