import { sealedName } from './seal.ts';

/** What the CLI itself makes in its config directory, or we do; nothing of it was written by a person. */
const madeByPrograms: ReadonlySet<string> = new Set([
  '.credentials.json',
  '.claude.json',
  '.last-cleanup',
  'backups',
  'cache',
  'debug',
  'downloads',
  'file-history',
  'history.jsonl',
  'ide',
  'oauth-token',
  'package.json',
  'paste-cache',
  'plans',
  'plugins',
  'projects',
  'session-env',
  'sessions',
  'settings.json',
  'settings.local.json',
  'shell-snapshots',
  'statsig',
  'stats-cache.json',
  'tasks',
  'telemetry',
  'todos',
  sealedName,
]);

/** The CLI's locks, temporary files and backups of its state file. */
const byPattern =
  /^\.(?:credentials\.json\.tmp|claude\.json\.(?:tmp|backup)|storage-write|oauth_refresh|claude\.json\.lock)/;

/** Of the names in an auth directory, those that no capture puts there, such as a person's own notes, agents or commands. */
export const namesOfOthers = (names: readonly string[]): readonly string[] =>
  names.filter((name) => !madeByPrograms.has(name) && !byPattern.test(name));
