import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shownPath } from '../../domain/capture-rules.ts';
import { type Config, emptyConfig } from '../../domain/config.ts';
import { keepUnknownKeys, readConfig } from '../../domain/config-schema.ts';
import { fail, ok, type Result } from '../../domain/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Settings } from '../../ports/settings.ts';
import { errorCode, realFileSystem, unless } from './file-system.ts';
import { makeDirectories } from './private-files.ts';
import { settingsFailure } from './settings-failure.ts';

export interface SettingsOptions {
  /** See `settingsHome`. */
  readonly home: string;
  readonly clock: Clock;
}

/** How long a change waits for those of other processes; each takes a few milliseconds. */
const patienceMs = 30_000;

/** The configuration as `config.json` in `home`, 0600 in a directory that is 0700. */
export const createSettings = ({ home, clock }: SettingsOptions): Settings => {
  const path = join(home, 'config.json');

  const load = async (): Promise<Result<Config>> => {
    try {
      const text = await unless(readFile(path, 'utf8'), 'ENOENT');
      if (text === null) return ok(emptyConfig);
      const read = readConfig(text);
      if (read.kind === 'config') return ok(read.config);
      if (read.kind === 'newer') return newer(path, read.version);
      return broken(path, await keepBeside(home, text, clock.now()), read.problem);
    } catch (error) {
      if (errorCode(error) === null) throw error;
      return unreadable(path, error);
    }
  };

  const change = async (apply: (config: Config) => Result<Config>): Promise<Result<Config>> => {
    const current = await load();
    if (!current.ok) return current;
    const changed = apply(current.value);
    if (!changed.ok) return changed;
    const next = keepUnknownKeys(current.value, changed.value);
    await write(home, next);
    return ok(next);
  };

  return {
    home,
    load,
    async update(apply) {
      try {
        await makeHome(home);
        const { waitForLockFile } = await import('./lock-wait.ts');
        const lock = await waitForLockFile(
          join(home, 'config.lock'),
          { command: 'settings', waitMs: patienceMs, signal: new AbortController().signal },
          clock,
        );
        if (!lock.taken) return busy(home, lock.holder?.pid ?? null);
        try {
          return await change(apply);
        } finally {
          await lock.release();
        }
      } catch (error) {
        return settingsFailure('The settings could not be saved', home, error);
      }
    },
  };
};

const makeHome = async (home: string): Promise<void> => {
  const before = await unless(stat(home), 'ENOENT');
  // Not Node's own recursive one, which never ends below /proc.
  if (before === null) await makeDirectories(realFileSystem, home);
  const { mode } = await stat(home);
  // Ours alone whatever the umask. One that was there is only closed to others; one of somebody else's is left as they
  // want it.
  const wanted = before === null ? 0o700 : mode & 0o700;
  if ((mode & 0o777) !== wanted) await unless(chmod(home, wanted), 'EPERM');
};

/** Writes by way of conf, which replaces the file by rename and makes it last. conf takes 50 ms to load, so only a change loads it. */
const write = async (home: string, config: Config): Promise<void> => {
  const { default: Conf } = await import('conf');
  const store = new Conf<Record<string, unknown>>({
    cwd: home,
    configName: 'config',
    accessPropertiesByDotNotation: false,
    configFileMode: 0o600,
  });
  store.store = { ...config };
  // What a writer that was killed left; no other one is at work while the lock is held.
  for (const name of await readdir(home)) {
    if (name.startsWith('config.json.tmp-')) await rm(join(home, name), { force: true });
  }
};

/** Copies a broken file beside, once for each content. The copy's path, or null when it could not be made. */
const keepBeside = async (home: string, text: string, now: number): Promise<string | null> => {
  const copies = (await readdir(home)).filter((name) => name.startsWith('config.json.broken-')).sort();
  for (const name of copies) {
    const copy = join(home, name);
    if ((await readFile(copy, 'utf8').catch(() => null)) === text) return copy;
  }
  const copy = join(home, `config.json.broken-${new Date(now).toISOString().replaceAll(':', '-')}`);
  return writeFile(copy, text, { flag: 'wx', mode: 0o600 }).then(
    () => copy,
    () => null,
  );
};

const broken = (path: string, copy: string | null, problem: string): Result<never> =>
  fail(
    'settings.broken',
    `The settings in ${shownPath(path)} can't be read`,
    `${problem}; they are left as they are${copy === null ? '' : `, with a copy in ${shownPath(copy)}`}`,
    'correct the file, or move it away to begin with empty settings; the auth directories are not touched',
  );

const newer = (path: string, version: number): Result<never> =>
  fail(
    'settings.newer',
    `The settings in ${shownPath(path)} are newer than this release`,
    `they have version ${version}; they were not touched`,
    'update claude-setup, or set CLAUDE_SETUP_HOME to another directory',
  );

const unreadable = (path: string, error: unknown): Result<never> =>
  fail(
    'settings.broken',
    `The settings in ${shownPath(path)} can't be read`,
    `the system answered ${errorCode(error)}`,
    'make the file readable for you, or set CLAUDE_SETUP_HOME to a directory of your own',
  );

const busy = (home: string, pid: number | null): Result<never> => {
  const lock = shownPath(join(home, 'config.lock'));
  return fail(
    'locked',
    'The settings could not be saved',
    pid === null ? `${lock} can't be understood` : `process ${pid} has held them for 30 s`,
    `end that process, or remove ${lock} if it is not a claude-setup`,
  );
};
