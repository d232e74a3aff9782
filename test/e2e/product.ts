import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/adapters/host/clock.ts';
import { createSettings } from '../../src/adapters/store/settings.ts';
import { emptyConfig, type ImageSettings } from '../../src/domain/config.ts';
import { ok } from '../../src/domain/failure.ts';
import { docker, type Output } from '../docker/docker-cli.ts';
import { unwrap } from '../support/results.ts';

/** The command as it is installed: the bundle through its launcher, on the Node that runs the tests. */
export const product: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL('../../bin/claude-setup.js', import.meta.url)),
];

/** Runs a command line without a terminal; the signal is a person's Ctrl+C. Never rejects. */
export const outputOf = (
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Output> =>
  new Promise((resolve) => {
    const child = execFile(program, args, { env, maxBuffer: 32 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({
        status: error === null ? 0 : typeof error.code === 'number' ? error.code : -1,
        stdout,
        stderr,
      }),
    );
    child.stdin?.end();
    signal?.addEventListener('abort', () => child.kill('SIGINT'));
  });

/** Runs the product so. */
export const claudeSetup = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Output> => outputOf([...product, ...args], env, signal);

/** Writes the image settings that a person would give to `claude-setup build`. */
export const configureImage = async (setupHome: string, image: Partial<ImageSettings>): Promise<void> => {
  const settings = createSettings({ home: setupHome, clock: systemClock });
  unwrap(await settings.update((config) => ok({ ...config, image: { ...emptyConfig.image, ...image } })));
};

/** Containers that the product has made for that settings home: others may be at work on the same engine. */
export const containersOf = async (setupHome: string): Promise<readonly string[]> => {
  const home = createHash('sha256').update(setupHome).digest('hex').slice(0, 12);
  const listed = await docker('ps', '-aq', '--filter', `label=claude-setup.home=${home}`);
  return listed.stdout.split('\n').filter(Boolean);
};
