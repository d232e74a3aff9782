import { join } from 'node:path';
import { testedCliVersion } from '../../domain/config.ts';
import { fail, ok, type Result } from '../../domain/failure.ts';
import type { PrepareProgress } from '../../ports/runtime.ts';
import { findProgram } from '../host/run-tool.ts';
import { cachedProgram, type SandboxCli, versionOf } from './cli-program.ts';
import { installCli } from './install-cli.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface SandboxCliInput {
  /** The settings home; our own installs are in its `cli` folder. */
  readonly home: string;
  readonly env: Env;
  readonly version?: string;
}

/** Finds `claude` on the PATH or in our cache, else installs it from npm into the cache. */
export const ensureCli = async (
  { home, env, version = testedCliVersion }: SandboxCliInput,
  onProgress: (progress: PrepareProgress) => void,
  signal: AbortSignal,
): Promise<Result<SandboxCli>> => {
  const onPath = await findProgram('claude', env);
  const answers = onPath === null ? null : await versionOf(onPath, env);
  if (onPath !== null && answers !== null) return ok({ path: onPath, version: answers, source: 'path' });
  const cached = await cachedProgram(join(home, 'cli', version), env);
  if (cached !== null) return ok({ ...cached, source: 'cache' });
  const npm = await findProgram('npm', env);
  if (npm !== null) return installCli({ npm, home, env, version }, onProgress, signal);
  return fail(
    'cli.missing',
    'The Claude CLI is not on this host',
    'there is no claude on the PATH, and no npm to install it with',
    'install the Claude CLI or npm, or sign in with Docker',
  );
};
