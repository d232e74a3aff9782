import { join } from 'node:path';
import { runProgram } from './run-program.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The Claude CLI on this host. */
export interface SandboxCli {
  readonly path: string;
  readonly version: string;
  /** From the PATH, or from our own cache. */
  readonly source: 'path' | 'cache';
}

export const cliPackage = '@anthropic-ai/claude-code';

/** The program in a folder that npm installed into, and what it says of itself; null when none runs here. */
export const cachedProgram = async (
  folder: string,
  env: Env,
): Promise<{ readonly path: string; readonly version: string } | null> => {
  // npm takes the package that fits the C library where the system says which one it has, else both.
  for (const library of ['', '-musl']) {
    const path = join(folder, 'node_modules', `${cliPackage}-linux-${process.arch}${library}`, 'claude');
    const version = await versionOf(path, env);
    if (version !== null) return { path, version };
  }
  return null;
};

/** What the program says of itself; null when it is no Claude CLI. */
export const versionOf = async (path: string, env: Env): Promise<string | null> => {
  const asked = await runProgram(path, ['--version'], {
    env: { PATH: env.PATH ?? '', HOME: '/nonexistent' },
    timeoutMs: 20_000,
    signal: new AbortController().signal,
  });
  if (!asked.ok || asked.value.exitCode !== 0) return null;
  return /^(\d+\.\d+\.\d+\S*)/.exec(asked.value.stdout)?.[1] ?? null;
};
