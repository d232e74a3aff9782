import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import type { LeaseFiles } from '../../domain/lease.ts';
import type { WorkingCopyFiles } from '../../domain/working-copy.ts';
import type { FullJob, Job, JobRequest } from '../../ports/job.ts';
import { identityOf } from '../store/process-identity.ts';
import { begin, throughShell } from './begin.ts';
import { programName } from './lease-folder.ts';
import { makeFolders, writeFiles } from './private-folders.ts';
import { type CopyPlace, createWorkingCopy, linkedProgram, openCopyFolder } from './working-copy.ts';

export interface JobPlace {
  /** Makes a private folder for it, which goes with it. */
  readonly openFolder: () => Promise<Result<string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of the CLI. */
  readonly cli: string;
}

const notRun = 'The command was not run';

/** A command on this host, on a lease in a private folder that goes with it. */
export const startJob = async (
  { openFolder, env, cli }: JobPlace,
  request: JobRequest,
  lease: LeaseFiles,
  signal: AbortSignal,
): Promise<Result<Job>> => {
  if (signal.aborted) return interrupted(notRun);
  const folder = await openFolder();
  if (!folder.ok) return folder;
  const folders = { homeDir: join(folder.value, 'home'), configDir: join(folder.value, 'config') };
  const discard = () => rm(folder.value, { recursive: true, force: true, maxRetries: 3 });
  try {
    const made = await makeFolders(Object.values(folders));
    if (!made.ok) return made;
    await writeFiles(folders.configDir, lease.files);
    const args = throughShell(request.command);
    const begun = await begin(request, { args, env, cli, ...folders });
    if (!begun.ok) {
      await discard();
      return begun;
    }
    const { program, pid } = begun.value;
    const running = program.kind === 'terminal' ? program.session : program.pipes;
    // So that the next command of ours ends it, should we be killed.
    await writeFile(join(folder.value, programName), JSON.stringify(await identityOf(pid)), { mode: 0o600 });
    return ok({
      id: folder.value,
      notes: [],
      program,
      push: (next) => push(folders.configDir, next),
      async remove() {
        await running.kill('SIGKILL');
        await running.ended;
        try {
          await discard();
          return ok(undefined);
        } catch (error) {
          return noRoom((error as Error).message);
        }
      },
    });
  } catch (error) {
    await discard();
    return noRoom((error as Error).message);
  }
};

const noRoom = (why: string): Result<never> =>
  fail('disk.error', 'There is no place for a working copy', why, 'free some space, then try again');

/** A command on a whole login, in a folder that outlives us until what it made of the login is adopted. */
export const startFullJob = async (
  place: CopyPlace,
  cli: string,
  request: JobRequest,
  copy: WorkingCopyFiles,
  signal: AbortSignal,
): Promise<Result<FullJob>> => {
  if (signal.aborted) return interrupted(notRun);
  const opened = await openCopyFolder(place, request.profile, copy, 'job');
  if (!opened.ok) return opened;
  const { folder, journal, ...folders } = opened.value;
  const args = linkedProgram(folder, request.command);
  const begun = await begin(request, { args, env: place.env, cli, ...folders });
  const programEnd = begun.ok ? endOf(begun.value.program).then(() => true) : null;
  const working = createWorkingCopy(place.clock, folder, journal, programEnd && (() => programEnd));
  if (!begun.ok) {
    await working.remove();
    return begun;
  }
  return ok({ id: folder, notes: [], program: begun.value.program, copy: working });
};

const endOf = (program: Job['program']): Promise<unknown> =>
  program.kind === 'terminal' ? program.session.ended : program.pipes.ended;

/** By rename, so that a reader finds the old lease or the new one. */
const push = async (configDir: string, lease: LeaseFiles): Promise<Result<void>> => {
  const next = join(configDir, `.credentials.json.tmp.${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(next, lease.files.get('.credentials.json') ?? '', { mode: 0o600 });
    await rename(next, join(configDir, '.credentials.json'));
    return ok(undefined);
  } catch (error) {
    await rm(next, { force: true });
    return noRoom((error as Error).message);
  }
};
