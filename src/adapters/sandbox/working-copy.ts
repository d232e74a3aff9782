import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, readlink, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import { liveCallArguments, liveCallEnvironment } from '../../domain/live-call.ts';
import type { WorkingCopyFiles } from '../../domain/working-copy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { WorkingCopy } from '../../ports/runtime.ts';
import { sandboxEnvironment } from './environment.ts';
import { missingOr, readUpTo } from './folder-run.ts';
import { makeFolders, writeFiles } from './private-folders.ts';

interface Place {
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
}

const journalName = 'refresh.json';
/** A link that points to the pid of the CLI. A link is made whole or not at all, and by one process only. */
const programName = 'program';
const lookAgainMs = 25;

const notRefreshed = 'The login was not refreshed';

/** The link goes first: without it the CLI does not start, so whoever makes it knows what the other can't do any more. */
const script = 'ln -s "$$" "$1" && shift && exec "$@"';

/** Starts the CLI on a working copy in a folder of this host, in a session of its own, so that nothing of ours ends it. */
export const startWorkingCopy = async (
  { home, env, clock }: Place,
  cli: string,
  profile: string,
  copy: WorkingCopyFiles,
  signal: AbortSignal,
): Promise<Result<WorkingCopy>> => {
  if (signal.aborted) return interrupted(notRefreshed);
  const folder = join(home, 'refreshes', `${profile}-${randomBytes(4).toString('hex')}`);
  const folders = { homeDir: join(folder, 'home'), configDir: join(folder, 'config') };
  const made = await makeFolders([join(home, 'refreshes'), folder, ...Object.values(folders)]);
  if (!made.ok) return made;
  const journal: CopyJournal = { profile, base: copy.base, startedAt: clock.now() };
  try {
    await writeFile(join(folder, `${journalName}.new`), JSON.stringify(journal), { mode: 0o600 });
    await rename(join(folder, `${journalName}.new`), join(folder, journalName));
    await writeFiles(folders.configDir, copy.files);
    const child = spawn(
      '/bin/sh',
      ['-c', script, 'sh', join(folder, programName), cli, ...liveCallArguments],
      {
        env: { ...sandboxEnvironment(env, folders), ...liveCallEnvironment },
        cwd: folders.homeDir,
        stdio: 'ignore',
        detached: true,
      },
    );
    await once(child, 'spawn');
    const ended = once(child, 'exit').then(() => true);
    child.unref();
    return ok(createWorkingCopy(clock, folder, journal, () => ended));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    const why = String((error as Error).message);
    return fail('disk.error', notRefreshed, why, 'free some space for the settings, then try again');
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
    const begun = journal ?? { profile: name.replace(/-[0-9a-f]{8}$/, ''), base: '', startedAt: 0 };
    if (begun.profile === profile) copies.push(createWorkingCopy(clock, folder, begun, null));
  }
  return ok(copies.toSorted((a, b) => a.startedAt - b.startedAt));
};

const readJournal = async (folder: string): Promise<CopyJournal | null> => {
  try {
    const { profile, base, startedAt } = JSON.parse(await readFile(join(folder, journalName), 'utf8'));
    return { profile: String(profile), base: String(base), startedAt: Number(startedAt) };
  } catch {
    return null;
  }
};

/** `ended` is the end of a child of ours; null for one of another process. */
const createWorkingCopy = (
  clock: Clock,
  folder: string,
  { base, startedAt }: CopyJournal,
  ended: (() => Promise<boolean>) | null,
): WorkingCopy => ({
  id: folder,
  base,
  startedAt,
  async settled(timeoutMs, signal) {
    const done = new AbortController();
    const stop = AbortSignal.any([signal, done.signal]);
    const late = clock.wait(timeoutMs, stop).then(
      () => false,
      () => false,
    );
    try {
      const over = await Promise.race([ended?.() ?? endOfStranger(folder, clock, stop), late]);
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
        endGroup(pid);
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

/** Nobody tells about the end of a process that is no child, so it is looked at. False when the signal aborts first. */
const endOfStranger = async (folder: string, clock: Clock, signal: AbortSignal): Promise<boolean> => {
  while (!signal.aborted) {
    if ((await livingProgram(folder)) === null) return true;
    await clock.wait(lookAgainMs, signal).catch(() => undefined);
  }
  return false;
};

const endGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL');
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
  // The pid may have gone to another process; ours works in the copy's own folder.
  const [cwd, own] = await Promise.all([
    readlink(`/proc/${pid}/cwd`).catch(() => null),
    realpath(join(folder, 'home')).catch(() => null),
  ]);
  return cwd !== null && cwd === own ? pid : null;
};
