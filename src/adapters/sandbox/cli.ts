import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { testedCliVersion } from '../../domain/config.ts';
import { type FailureCode, fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import type { PrepareProgress } from '../../ports/runtime.ts';
import { findProgram } from '../host/run-tool.ts';
import { runProgram } from './run-program.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The Claude CLI on this host. */
export interface SandboxCli {
  readonly path: string;
  readonly version: string;
  /** From the PATH, or from our own cache. */
  readonly source: 'path' | 'cache';
}

export interface SandboxCliInput {
  /** The settings home; our own installs are in its `cli` folder. */
  readonly home: string;
  readonly env: Env;
  readonly version?: string;
}

const packageName = '@anthropic-ai/claude-code';

/** Finds `claude` on the PATH or in our cache, else installs it from npm into the cache. */
export const ensureCli = async (
  { home, env, version = testedCliVersion }: SandboxCliInput,
  onProgress: (progress: PrepareProgress) => void,
  signal: AbortSignal,
): Promise<Result<SandboxCli>> => {
  const there = await findCli({ home, env, version });
  if (there !== null) return ok(there);
  const npm = await findProgram('npm', env);
  if (npm === null) {
    return fail(
      'cli.missing',
      'The Claude CLI is not on this host',
      'there is no claude on the PATH, and no npm to install it with',
      'install the Claude CLI or npm, or sign in with Docker',
    );
  }
  onProgress({ text: `Installing the Claude CLI ${version} from npm (about 180 MB)` });
  return install({ npm, home, env, version }, signal);
};

/** The CLI that is there already; null when there is none. */
export const findCli = async ({
  home,
  env,
  version = testedCliVersion,
}: SandboxCliInput): Promise<SandboxCli | null> => {
  const onPath = await findProgram('claude', env);
  const cached = cachedProgram(join(home, 'cli', version));
  for (const [path, source] of [
    [onPath, 'path'],
    [cached, 'cache'],
  ] as const) {
    const found = path === null ? null : await versionOf(path, env);
    if (path !== null && found !== null) return { path, version: found, source };
  }
  return null;
};

const cachedProgram = (folder: string): string =>
  join(folder, 'node_modules', `${packageName}-linux-${process.arch}`, 'claude');

/** What the program says of itself; null when it is no Claude CLI. */
const versionOf = async (path: string, env: Env): Promise<string | null> => {
  const asked = await runProgram(path, ['--version'], {
    env: { PATH: env.PATH ?? '', HOME: '/nonexistent' },
    timeoutMs: 20_000,
    signal: new AbortController().signal,
  });
  if (!asked.ok || asked.value.exitCode !== 0) return null;
  return /^(\d+\.\d+\.\d+\S*)/.exec(asked.value.stdout)?.[1] ?? null;
};

const install = async (
  { npm, home, env, version }: SandboxCliInput & { readonly npm: string; readonly version: string },
  signal: AbortSignal,
): Promise<Result<SandboxCli>> => {
  const folder = join(home, 'cli');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Beside its place, and moved there only when it works: a half install is never used.
  const staging = await mkdtemp(join(folder, '.installing-'));
  try {
    const installed = await runNpm(npm, staging, version, env, signal);
    if (!installed.ok) return installed;
    const found = await versionOf(cachedProgram(staging), env);
    if (found !== version) {
      return fail(
        'cli.install-failed',
        'The Claude CLI was not installed',
        found === null
          ? 'what npm installed does not run here'
          : `npm installed version ${found} instead of ${version}`,
        'install the Claude CLI by hand, or sign in with Docker',
      );
    }
    const target = join(folder, version);
    // Another process may have been first; its install is as good.
    await rename(staging, target).catch(() => undefined);
    return ok({ path: cachedProgram(target), version, source: 'cache' });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
};

const causes: readonly (readonly [RegExp, string, string])[] = [
  [/ENOSPC/, 'the disk is full', 'free about 400 MB'],
  [
    /SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER|VERIFY)|CERT_/,
    'a proxy or firewall puts its own certificate in the way',
    'set NODE_EXTRA_CA_CERTS to a PEM file with its authority',
  ],
  [
    /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH/,
    'the npm registry was not reached',
    'check network and proxy settings',
  ],
  [/E404|ETARGET/, 'the registry does not have this version', 'install the Claude CLI by hand'],
];

const runNpm = (
  npm: string,
  staging: string,
  version: string,
  env: Env,
  signal: AbortSignal,
): Promise<Result<void>> =>
  new Promise((resolve) => {
    // An exact version: for a tag, npm on an older Node quietly takes an older CLI.
    const args = ['install', '--prefix', staging, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
    const child = spawn(npm, [...args, `${packageName}@${version}`], {
      cwd: staging,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-8192);
    });
    const stop = () => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    signal.addEventListener('abort', stop);
    const settle = (code: number | null) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) return resolve(interrupted('The Claude CLI was not installed'));
      if (code === 0) return resolve(ok(undefined));
      const [, why, fix] = causes.find(([pattern]) => pattern.test(said)) ?? [
        null,
        `npm ended with ${code}`,
        'install the Claude CLI by hand',
      ];
      const failed: FailureCode = 'cli.install-failed';
      resolve(fail(failed, 'The Claude CLI was not installed', why, fix));
    };
    child.on('error', () => settle(null));
    child.on('close', settle);
    if (signal.aborted) stop();
  });
