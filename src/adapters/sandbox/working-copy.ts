import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import { liveCallArguments, liveCallEnvironment } from '../../domain/live-call.ts';
import type { WorkingCopyFiles } from '../../domain/working-copy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { WorkingCopy } from '../../ports/runtime.ts';
import { createCliLock } from '../store/cli-lock.ts';
import { sandboxEnvironment } from './environment.ts';
import { missingOr, readUpTo } from './folder-run.ts';
import { makeFolders, writeFiles } from './private-folders.ts';

export interface CopyPlace {
  /**
   * The settings home: working copies are in its `refreshes` folder, on disk, so that they outlive the machine's power.
   * Of a sealed profile its place in memory, where they outlive us only.
   */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** What is written into a working copy's folder before its CLI starts. */
interface CopyJournal {
  readonly profile: string;
  readonly base: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly holder: WorkingCopy['holder'];
}

/** A working copy whose program has not been started yet. */
export interface CopyFolder {
  readonly journal: CopyJournal;
  readonly folder: string;
  readonly homeDir: string;
  readonly configDir: string;
}

const journalName = 'refresh.json';
/** A link that points to the pid of the CLI. A link is made whole or not at all, and by one process only. */
const programName = 'program';
const lookAgainMs = 25;
const lockLookAgainMs = 250;

const notRefreshed = 'The login was not refreshed';

/**
 * A command of `/bin/sh` that runs a program in a working copy. The link goes first: without it the program does not
 * start, so whoever makes it knows what the other can't do any more.
 */
export const linkedProgram = (folder: string, command: readonly string[]): readonly string[] => [
  '-c',
  'ln -s "$$" "$1" && shift && exec "$@"',
  'sh',
  join(folder, programName),
  ...command,
];

/** Makes the folder of a working copy, its journal before its files. */
export const openCopyFolder = async (
  { home, clock }: CopyPlace,
  profile: string,
  copy: WorkingCopyFiles,
  holder: WorkingCopy['holder'],
): Promise<Result<CopyFolder>> => {
  const folder = join(home, 'refreshes', `${profile}-${randomBytes(4).toString('hex')}`);
  const folders = { homeDir: join(folder, 'home'), configDir: join(folder, 'config') };
  const made = await makeFolders([join(home, 'refreshes'), folder, ...Object.values(folders)]);
  if (!made.ok) return made;
  const journal: CopyJournal = { profile, base: copy.base, startedAt: clock.now(), holder };
  try {
    await writeFile(join(folder, `${journalName}.new`), JSON.stringify(journal), { mode: 0o600 });
    await rename(join(folder, `${journalName}.new`), join(folder, journalName));
    await writeFiles(folders.configDir, copy.files);
    return ok({ journal, folder, ...folders });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    return noRoom(error);
  }
};

const noRoom = (error: unknown): Result<never> =>
  fail(
    'disk.error',
    'There is no place for a working copy',
    String((error as Error).message),
    'free some space for the settings, then try again',
  );

/** Starts the CLI on a working copy in a folder of this host, in a session of its own, so that nothing of ours ends it. */
export const startWorkingCopy = async (
  place: CopyPlace,
  cli: string,
  profile: string,
  copy: WorkingCopyFiles,
  signal: AbortSignal,
): Promise<Result<WorkingCopy>> => {
  if (signal.aborted) return interrupted(notRefreshed);
  const opened = await openCopyFolder(place, profile, copy, 'refresh');
  if (!opened.ok) return opened;
  const { folder, journal, ...folders } = opened.value;
  try {
    const child = spawn('/bin/sh', linkedProgram(folder, [cli, ...liveCallArguments]), {
      env: { ...sandboxEnvironment(place.env, folders), ...liveCallEnvironment },
      cwd: folders.homeDir,
      stdio: 'ignore',
      detached: true,
    });
    await once(child, 'spawn');
    const ended = once(child, 'exit').then(() => true);
    child.unref();
    return ok(createWorkingCopy(place.clock, folder, journal, () => ended));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    return noRoom(error);
  }
};

export const findWorkingCopies = async (
  homes: readonly string[],
  clock: Clock,
  profile: string,
): Promise<Result<readonly WorkingCopy[]>> => {
  const copies: WorkingCopy[] = [];
  const lists = await Promise.all(
    homes.map(async (home) => {
      const names = await readdir(join(home, 'refreshes')).catch(() => []);
      return names.map((name) => ({ name, folder: join(home, 'refreshes', name) }));
    }),
  );
  for (const { name, folder } of lists.flat()) {
    const journal = await readJournal(folder);
    // One without a journal was cut off before its CLI could start; it is told by its name.
    const begun = journal ?? {
      profile: name.replace(/-[0-9a-f]{8}$/, ''),
      base: '',
      startedAt: 0,
      holder: 'refresh' as const,
    };
    if (begun.profile === profile) copies.push(createWorkingCopy(clock, folder, begun, null));
  }
  return ok(copies.toSorted((a, b) => a.startedAt - b.startedAt));
};

const readJournal = async (folder: string): Promise<CopyJournal | null> => {
  try {
    const { profile, base, startedAt, holder } = JSON.parse(
      await readFile(join(folder, journalName), 'utf8'),
    );
    return {
      profile: String(profile),
      base: String(base),
      startedAt: Number(startedAt),
      holder: holder === 'job' ? 'job' : 'refresh',
    };
  } catch {
    return null;
  }
};

/** `ended` is the end of a child of ours; null for one of another process. */
export const createWorkingCopy = (
  clock: Clock,
  folder: string,
  { base, startedAt, holder }: CopyJournal,
  ended: (() => Promise<boolean>) | null,
): WorkingCopy => ({
  id: folder,
  base,
  startedAt,
  holder,
  async settled(timeoutMs, signal) {
    const done = new AbortController();
    const stop = AbortSignal.any([signal, done.signal]);
    const late = clock.wait(timeoutMs, stop).then(
      () => false,
      () => false,
    );
    try {
      const end = () => ended?.() ?? endOfStranger(folder, clock, stop);
      const over = await Promise.race([
        holder === 'job' ? endUnlessRefreshing(folder, clock, stop) : end(),
        late,
      ]);
      return signal.aborted ? interrupted(notRefreshed) : ok(over);
    } finally {
      done.abort();
    }
  },
  async read(path, limit) {
    try {
      return ok(await readUpTo(join(folder, 'config', normalize(`/${path}`)), limit));
    } catch (error) {
      return missingOr(error, path);
    }
  },
  async remove() {
    try {
      const pid = await livingProgram(folder);
      if (pid !== null) {
        signalGroup(pid, 'SIGKILL');
        await (ended?.() ?? endOfStranger(folder, clock, AbortSignal.timeout(2000)));
      }
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      return ok(undefined);
    } catch (error) {
      const why = String((error as Error).message);
      return fail('disk.error', `${folder} was not removed`, why, 'remove it by hand: it holds a login');
    }
  },
});

/**
 * Ends the program of a person's own command at a moment when no CLI in it is refreshing: it stands still while the lock
 * is looked at. False when the signal aborts first.
 */
const endUnlessRefreshing = async (folder: string, clock: Clock, signal: AbortSignal): Promise<boolean> => {
  const cliLock = createCliLock({ clock });
  while (!signal.aborted) {
    const pid = await livingProgram(folder);
    if (pid === null) return true;
    signalGroup(pid, 'SIGSTOP');
    if (await cliLock.isHeld(join(folder, 'config'))) signalGroup(pid, 'SIGCONT');
    else {
      signalGroup(pid, 'SIGKILL');
      return endOfStranger(folder, clock, signal);
    }
    await clock.wait(lockLookAgainMs, signal).catch(() => undefined);
  }
  return false;
};

/** Nobody tells about the end of a process that is no child, so it is looked at. False when the signal aborts first. */
const endOfStranger = async (folder: string, clock: Clock, signal: AbortSignal): Promise<boolean> => {
  while (!signal.aborted) {
    if ((await livingProgram(folder)) === null) return true;
    await clock.wait(lookAgainMs, signal).catch(() => undefined);
  }
  return false;
};

const signalGroup = (pid: number, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void => {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has just ended.
  }
};

/** The pid of the CLI in a working copy; null when it has ended, or was never started, and then never will be. */
const livingProgram = async (folder: string): Promise<number | null> => {
  const program = join(folder, programName);
  // Taken from a shell that was forked at the last moment before a kill: it finds the link there and gives up.
  await symlink('none', program).catch(() => undefined);
  const pid = Number(await readlink(program).catch(() => 'none'));
  if (!Number.isInteger(pid)) return null;
  // The pid may have gone to another process; ours was told the copy's own config directory.
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return environment.split('\0').includes(`CLAUDE_CONFIG_DIR=${join(folder, 'config')}`) ? pid : null;
};
