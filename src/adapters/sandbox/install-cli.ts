import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import type { PrepareProgress } from '../../ports/runtime.ts';
import { cachedProgram, cliPackage, type SandboxCli } from './cli-program.ts';

export interface Installation {
  /** The settings home. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The path of npm. */
  readonly npm: string;
  /** An exact version: for a tag, npm on an older Node quietly takes an older CLI. */
  readonly version: string;
}

const stagingPrefix = '.installing-';
/** An install that is older than this was killed. */
const abandonedAfterMs = 3600_000;
const notInstalled = 'The Claude CLI was not installed';

/** Installs the CLI from npm into our cache. Several processes may do so at once. */
export const installCli = async (
  installation: Installation,
  onProgress: (progress: PrepareProgress) => void,
  signal: AbortSignal,
): Promise<Result<SandboxCli>> => {
  const folder = join(installation.home, 'cli');
  let staging: string | null = null;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeAbandoned(folder);
    // Beside its place, and moved there only when it works: a half install is never used.
    staging = await mkdtemp(join(folder, stagingPrefix));
    const installed = await runNpm(installation, staging, onProgress, signal);
    if (!installed.ok) return installed;
    onProgress({ text: 'Checking that it runs here' });
    return await moveIntoPlace(installation, staging, join(folder, installation.version));
  } catch (error) {
    return fail('cli.install-failed', notInstalled, ...causeOf(String((error as Error).message), null));
  } finally {
    if (staging !== null) await rm(staging, { recursive: true, force: true, maxRetries: 3 });
  }
};

const moveIntoPlace = async (
  { env, version }: Installation,
  staging: string,
  target: string,
): Promise<Result<SandboxCli>> => {
  const found = await cachedProgram(staging, env);
  if (found?.version !== version) {
    return fail(
      'cli.install-failed',
      notInstalled,
      found === null
        ? 'what npm installed does not run here'
        : `npm installed version ${found.version} instead of ${version}`,
      'install the Claude CLI by hand, or sign in with Docker',
    );
  }
  await rename(staging, target).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    // What stands there is another process's install, as good as ours, or one that was damaged.
    if ((await cachedProgram(target, env)) !== null) return;
    await rm(target, { recursive: true, force: true, maxRetries: 3 });
    await rename(staging, target);
  });
  const placed = await cachedProgram(target, env);
  if (placed !== null) return ok({ ...placed, source: 'cache' });
  return fail('cli.install-failed', notInstalled, `${target} does not run`, 'remove it, then try again');
};

/** What killed installs left: 380 MB each. */
const removeAbandoned = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(stagingPrefix)) continue;
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > abandonedAfterMs)
      await rm(join(folder, name), { recursive: true, force: true });
  }
};

const causes: readonly (readonly [RegExp, string, string])[] = [
  [/ENOSPC|EDQUOT/, 'the disk is full', 'free about 600 MB'],
  [
    /EROFS/,
    'the settings are on a read-only disk',
    'set CLAUDE_SETUP_HOME to a directory that can be written',
  ],
  [
    /EACCES|EPERM/,
    'a directory can not be written',
    'set CLAUDE_SETUP_HOME to a directory that can be written',
  ],
  [
    /SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER|VERIFY)|CERT_|self.signed certificate|unable to (?:get|verify)/,
    'a proxy or firewall puts its own certificate in the way',
    'set NODE_EXTRA_CA_CERTS to a PEM file with its authority',
  ],
  [
    /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ENOTCACHED/,
    'the npm registry was not reached',
    'check network and proxy settings',
  ],
  [/E404|ETARGET/, 'the registry does not have this version', 'install the Claude CLI by hand'],
  [/E401|E403|ENEEDAUTH/, 'the npm registry refused us', "check the registry's sign-in in .npmrc"],
];

const causeOf = (said: string, code: number | null): readonly [why: string, fix: string] => {
  const [, why, fix] = causes.find(([pattern]) => pattern.test(said)) ?? [];
  const otherwise =
    code === null ? 'npm was not started, or was ended from outside' : `npm ended with ${code}`;
  return [why ?? otherwise, fix ?? 'install the Claude CLI by hand, or sign in with Docker'];
};

const npmArguments = (staging: string, version: string): readonly string[] => [
  'install',
  `${cliPackage}@${version}`,
  ...['--prefix', staging, '--global=false', '--no-save', '--include=optional'],
  // The program comes whole in a package of its own; the scripts would only copy it.
  ...['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=http'],
];

/** What npm says of a package that it has got (source: `npm install --loglevel=http`). */
const fetched = /^npm http fetch GET 200 .*\/([^/\s]+)\.tgz /gm;

const runNpm = (
  { npm, env, version }: Installation,
  staging: string,
  onProgress: (progress: PrepareProgress) => void,
  signal: AbortSignal,
): Promise<Result<void>> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(interrupted(notInstalled));
    onProgress({ text: `Installing the Claude CLI ${version} from npm (about 180 MB to download)` });
    const child = spawn(npm, npmArguments(staging, version), {
      cwd: staging,
      // npm runs on the Node that runs us: on an older one it takes other versions than asked for.
      env: { ...env, PATH: `${dirname(process.execPath)}${delimiter}${env.PATH ?? ''}` },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      for (const [, name = ''] of String(chunk).matchAll(fetched)) onProgress({ text: `Downloaded ${name}` });
      said = `${said}${chunk}`.slice(-8192);
    });
    const stop = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has just ended.
      }
    };
    signal.addEventListener('abort', stop);
    const settle = (code: number | null) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) return resolve(interrupted(notInstalled));
      resolve(code === 0 ? ok(undefined) : fail('cli.install-failed', notInstalled, ...causeOf(said, code)));
    };
    child.on('error', () => settle(null));
    child.on('close', settle);
  });
