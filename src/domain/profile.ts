import { fail, ok, type Result } from './failure.ts';

export const runtimeKinds = ['docker', 'sandbox'] as const;
/** Where the CLI runs: in the setup image, or on this host with a private HOME. */
export type RuntimeKind = (typeof runtimeKinds)[number];

export const signInMethods = ['auth-login', 'full-screen', 'shell', 'setup-token'] as const;
/**
 * How to sign in: `claude auth login`, the full-screen `claude --dangerously-skip-permissions`,
 * a shell in the runtime, or `claude setup-token` (long-lived, inference only).
 */
export type SignInMethod = (typeof signInMethods)[number];

/** A named environment. */
export interface Profile {
  readonly name: string;
  /** Absolute path of the auth directory. */
  readonly authDir: string;
  readonly runtime: RuntimeKind;
  /** Paths under the config directory that a capture leaves out, as globs relative to it; null for the default list. */
  readonly leaveOut: readonly string[] | null;
}

const namePattern = /^[a-z0-9](?:[a-z0-9_-]{0,30}[a-z0-9])?$/;

/** Checks a profile name: 1 to 32 lower-case letters, digits, `-` and `_`, beginning and ending with a letter or digit. */
export const profileName = (name: string): Result<string> =>
  namePattern.test(name)
    ? ok(name)
    : fail(
        'profile.name',
        `"${printable(name)}" can't be a profile name`,
        'names are 1 to 32 lower-case letters, digits, "-" and "_", and begin and end with a letter or digit',
        `choose another one, such as ${suggestion(name)}`,
      );

const printable = (text: string): string =>
  [...text.slice(0, 60)].map((character) => (/[\p{C}"]/u.test(character) ? '?' : character)).join('');

/** The name closest to a text that may be one. */
const suggestion = (name: string): string => {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replaceAll(/^[-_]+/g, '')
    .slice(0, 32)
    .replaceAll(/[-_]+$/g, '');
  return slug || 'dev';
};

/** A profile offered before any exists. */
export interface ProfilePreset {
  readonly name: string;
  readonly describes: string;
  /** Given HOME and the environment, the auth directory it starts with. */
  readonly authDir: (home: string, env: Readonly<Record<string, string | undefined>>) => string;
}

export const presets: readonly ProfilePreset[] = [
  {
    name: 'dev',
    describes: 'your own containers',
    authDir: (home, env) => env.CLAUDE_HUB_DIR || `${home}/.claude-hub`,
  },
  {
    name: 'staging',
    describes: 'a rehearsal of production',
    authDir: (home) => `${home}/.claude-auth-staging`,
  },
  { name: 'test', describes: 'CI and experiments', authDir: (home) => `${home}/.claude-auth-test` },
];

/** The directory a new profile gets when none is given: that of its preset, else `~/.claude-auth-NAME`. */
export const defaultAuthDir = (
  name: string,
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): string =>
  presets.find((preset) => preset.name === name)?.authDir(home, env) ?? `${home}/.claude-auth-${name}`;

/** A name for the profile of a directory: the one whose default it is, else what is particular about the directory's own. */
export const suggestedName = (
  directory: string,
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): string => {
  const preset = presets.find(({ authDir }) => authDir(home, env) === directory);
  if (preset !== undefined) return preset.name;
  const base = directory.split('/').findLast(Boolean) ?? '';
  // `.claude` alone is the CLI's own directory on this machine.
  if (base === '.claude') return 'host';
  return suggestion(base.replace(/^\.?claude[-_.]?(?:auth[-_.]?)?(?=.)/i, ''));
};

/** Left out of a capture unless the profile says otherwise: nothing of it is part of a login. Globs relative to the config directory. */
export const defaultLeaveOut: readonly string[] = [
  'todos',
  'cache',
  'statsig',
  'telemetry',
  'backups',
  'shell-snapshots',
  'debug',
  'downloads',
  'paste-cache',
];

/** Never captured: the CLI's locks and temporary files (source: claude-cli-observed, "Sessions, signals, time"). */
export const neverCaptured: readonly string[] = [
  '.storage-write.lock',
  '.oauth_refresh.lock',
  '.claude.json.lock',
  '.credentials.json.tmp.*',
  '.claude.json.tmp.*',
];
