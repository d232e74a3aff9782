import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';

const run = promisify(execFile);

/** A swarm of one node on an engine of its own, which touches nothing of the machine's. */
export interface TestSwarm {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** Runs the docker command line on it; its standard output without the last line break. */
  docker(...args: readonly string[]): Promise<string>;
  /** Brings an image of the machine's engine over. */
  copyImage(reference: string): Promise<void>;
  close(): Promise<void>;
}

/** Why no engine of its own can be started here, or null when it can. */
export const whyNoSwarm = async (): Promise<string | null> => {
  const there = await run('dockerd', ['--version']).catch(() => null);
  if (there === null) return 'no dockerd';
  const tried = await run('unshare', ['--net', '--mount', 'true']).catch((error: Error) => error);
  return tried instanceof Error ? `no network namespace: ${tried.message.trim().split('\n').at(-1)}` : null;
};

/** Starts an engine in a network of its own, with nothing on it but loopback, and makes it a swarm. */
export const startSwarm = async (): Promise<TestSwarm> => {
  const folder = await mkdtemp(join(tmpdir(), 'claude-setup-swarm-'));
  const socket = join(folder, 'docker.sock');
  const options = [
    ['--data-root', join(folder, 'data')],
    ['--exec-root', join(folder, 'exec')],
    ['--pidfile', join(folder, 'pid')],
    ['--host', `unix://${socket}`],
    ['--bridge', 'none'],
    ['--storage-driver', 'overlay2'],
    ['--iptables=false', '--ip6tables=false'],
  ].flat();
  const daemon = spawn(
    'unshare',
    ['--net', '--mount', 'sh', '-c', 'ip link set lo up && exec dockerd "$@"', 'sh', ...options],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  daemon.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const docker = async (...args: readonly string[]) =>
    (
      await run('docker', ['--host', `unix://${socket}`, ...args], { maxBuffer: 32 * 1024 * 1024 })
    ).stdout.trim();
  const close = async () => {
    const gone = daemon.exitCode === null ? once(daemon, 'exit') : null;
    daemon.kill('SIGTERM');
    await gone;
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  };
  try {
    await vi.waitFor(() => docker('version'), { timeout: 60_000, interval: 200 });
    await docker('swarm', 'init', '--advertise-addr', '127.0.0.1');
  } catch (error) {
    await close();
    throw new Error(`the engine of the swarm did not start:\n${said}`, { cause: error });
  }
  return {
    host: `unix://${socket}`,
    docker,
    async copyImage(reference) {
      const script = 'docker save "$1" | docker --host "$2" load';
      await run('bash', ['-o', 'pipefail', '-c', script, 'bash', reference, `unix://${socket}`]);
    },
    close,
  };
};
