import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail, interrupted, ok } from '../../domain/failure.ts';
import type { SignInMethod } from '../../domain/profile.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Runtime, SignInRun } from '../../ports/runtime.ts';
import { openPtySession } from '../pty/session.ts';
import { hasEnded, identityOf, ownIdentity } from '../store/process-identity.ts';
import { ensureCli } from './cli.ts';
import { sandboxEnvironment } from './environment.ts';
import { createFolderRun, type RunJournal, readJournal, writeJournal } from './folder-run.ts';
import { startFullJob, startJob } from './job.ts';
import { openLeaseFolder, removeLeaseFolders } from './lease-folder.ts';
import { memoryHomes, openMemoryHome } from './memory-place.ts';
import { makeFolders, writeFiles } from './private-folders.ts';
import { runProgram } from './run-program.ts';
import { findWorkingCopies, startWorkingCopy } from './working-copy.ts';

export interface SandboxOptions {
  /** The settings home: sign-ins are kept in its `sign-ins` folder until they are captured. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly uid: number | null;
  readonly clock: Clock;
  /** Whether a profile is sealed: nothing of its login is put on a disk then. */
  readonly isSealed?: (profile: string) => Promise<boolean>;
}

/** The arguments of the CLI by method; the shell is no method of the CLI. */
const cliArguments: Readonly<Record<Exclude<SignInMethod, 'shell'>, readonly string[]>> = {
  'auth-login': ['auth', 'login'],
  'full-screen': ['--dangerously-skip-permissions'],
  'setup-token': ['setup-token'],
};

const onlyLinux = fail(
  'cli.missing',
  'There is no sandbox on this system',
  'the CLI keeps credentials in the Keychain on macOS, and on Windows elsewhere too, so they can only be captured in a container',
  'install Docker and sign in with it',
);

/** The CLI on this host with a private HOME, without Docker. Linux only. */
export const createSandboxRuntime = ({
  home,
  env,
  platform,
  uid,
  clock,
  isSealed = async () => false,
}: SandboxOptions): Runtime => {
  /** Where a whole login of a profile may lie. */
  const homeFor = async (profile: string) =>
    (await isSealed(profile)) ? openMemoryHome(home, env) : ok(home);
  /** Everywhere: a profile can have been sealed or unsealed since. */
  const homes = [home, ...memoryHomes(home, env)];

  const cli = async (signal: AbortSignal) =>
    platform === 'linux' ? ensureCli({ home, env }, () => undefined, signal) : onlyLinux;

  /** What is run for a method. As root the CLI refuses to skip permissions, so there it starts without that. */
  const commandOf = (method: SignInMethod, path: string): readonly [string, readonly string[]] => {
    if (method === 'shell') return [env.SHELL || '/bin/sh', []];
    return [path, method === 'full-screen' && uid === 0 ? [] : cliArguments[method]];
  };

  const leaseFolder = async (profile: string) =>
    openLeaseFolder(home, env, { onlyInMemory: await isSealed(profile) });

  return {
    kind: 'sandbox',

    async prepare(onProgress, signal) {
      if (platform !== 'linux') return onlyLinux;
      const found = await ensureCli({ home, env }, onProgress, signal);
      return found.ok
        ? ok({ description: `the Claude CLI ${found.value.version} at ${found.value.path}` })
        : found;
    },

    async startSignIn({ profile, method, size }, signal) {
      const found = await cli(signal);
      if (!found.ok) return found;
      if (signal.aborted) return interrupted('The sign-in did not start');
      const place = await homeFor(profile.name);
      if (!place.ok) return place;
      const folder = join(place.value, 'sign-ins', `${profile.name}-${randomBytes(4).toString('hex')}`);
      const folders = {
        homeDir: join(folder, 'home'),
        configDir: join(folder, 'config'),
        workDir: join(folder, 'work'),
      };
      const made = await makeFolders([folder, ...Object.values(folders)]);
      if (!made.ok) return made;
      const [command, args] = commandOf(method, found.value.path);
      // So that a shell finds the same CLI.
      const path = `${dirname(found.value.path)}:${env.PATH ?? ''}`;
      const session = await openPtySession({
        command,
        args,
        cwd: folders.workDir,
        env: sandboxEnvironment({ ...env, PATH: path }, folders),
        size,
      });
      if (!session.ok) {
        await rm(folder, { recursive: true, force: true });
        return session;
      }
      const journal: RunJournal = {
        profile: profile.name,
        method,
        startedAt: clock.now(),
        program: await identityOf(session.value.pid),
        owner: await ownIdentity(),
      };
      const run = createFolderRun(folder, journal, session.value);
      const written = await writeJournal(folder, journal);
      if (written.ok) return ok(run);
      // A run that could not be found again is none.
      await run.remove();
      return written;
    },

    async findSignIns(profile) {
      const runs: SignInRun[] = [];
      for (const folder of await foldersIn(homes)) {
        const journal = await readJournal(folder);
        if (journal?.profile !== profile) continue;
        // One that another process of ours still holds is not left behind.
        if (journal.owner.pid !== process.pid && !(await hasEnded(journal.owner))) continue;
        runs.push(createFolderRun(folder, journal, null));
      }
      return ok(runs.toSorted((a, b) => b.startedAt - a.startedAt));
    },

    async runCli(args, lease, { profile, timeoutMs, signal, env: more }) {
      const found = await cli(signal);
      if (!found.ok) return found;
      const folder = await leaseFolder(profile);
      if (!folder.ok) return folder;
      try {
        const folders = { homeDir: join(folder.value, 'home'), configDir: join(folder.value, 'config') };
        const made = await makeFolders(Object.values(folders));
        if (!made.ok) return made;
        await writeFiles(folders.configDir, lease.files);
        return await runProgram(found.value.path, args, {
          env: { ...sandboxEnvironment(env, folders), ...more },
          cwd: folders.homeDir,
          timeoutMs,
          signal,
        });
      } catch (error) {
        const why = String((error as Error).message);
        return fail(
          'disk.error',
          'There is no place for a working copy',
          why,
          'free some space, then try again',
        );
      } finally {
        await rm(folder.value, { recursive: true, force: true, maxRetries: 3 });
      }
    },

    async startJob(request, lease, signal) {
      const found = await cli(signal);
      if (!found.ok) return found;
      const openFolder = () => leaseFolder(request.profile);
      return startJob({ openFolder, env, cli: found.value.path }, request, lease, signal);
    },
    async startFullJob(request, copy, signal) {
      const found = await cli(signal);
      if (!found.ok) return found;
      const place = await homeFor(request.profile);
      if (!place.ok) return place;
      return startFullJob({ home: place.value, env, clock }, found.value.path, request, copy, signal);
    },
    removeLeftJobs: async () => ok(await removeLeaseFolders(home, env)),
    async startRefresh(profile, copy, signal) {
      const found = await cli(signal);
      if (!found.ok) return found;
      const place = await homeFor(profile);
      if (!place.ok) return place;
      return startWorkingCopy({ home: place.value, env, clock }, found.value.path, profile, copy, signal);
    },
    findWorkingCopies: (profile) => findWorkingCopies(homes, clock, profile),
  };
};

const foldersIn = async (homes: readonly string[]): Promise<readonly string[]> => {
  const folders: string[] = [];
  for (const home of homes) {
    const names = await readdir(join(home, 'sign-ins')).catch(() => []);
    folders.push(...names.map((name) => join(home, 'sign-ins', name)));
  }
  return folders;
};
