import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';

const run = promisify(execFile);

/** A docker daemon of a test's own, in a network of its own, which touches nothing of the machine's. */
export interface OwnEngine {
  readonly socket: string;
  /** For DOCKER_HOST. */
  readonly host: string;
  /** What a program is started with to be in the engine's network. */
  readonly inside: readonly string[];
  /** Runs the docker command line on it; its standard output without the last line break. */
  docker(...args: readonly string[]): Promise<string>;
  /** Brings an image of the machine's engine over. */
  copyImage(reference: string): Promise<void>;
  /** Starts the daemon, with these options as well, and waits until it answers. */
  start(...options: readonly string[]): Promise<void>;
  /** Ends the daemon and waits until it has ended. Where containers end with it is a matter of its options. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Ends everything and removes it. */
  close(): Promise<void>;
}

/** Why no engine of its own can be started here, or null when it can. */
export const whyNoOwnEngine = async (): Promise<string | null> => {
  const there = await run('dockerd', ['--version']).catch(() => null);
  if (there === null) return 'no dockerd';
  const tried = await run('unshare', ['--net', '--mount', 'true']).catch((error: Error) => error);
  return tried instanceof Error ? `no network namespace: ${tried.message.trim().split('\n').at(-1)}` : null;
};

/**
 * Makes a place for an engine, which is not started yet, and starts its containerd there. That one is not the daemon's
 * child, as it is not on a machine where both are services; so what runs may outlive the daemon.
 */
export const makeOwnEngine = async (): Promise<OwnEngine> => {
  const folder = await mkdtemp(join(tmpdir(), 'claude-setup-engine-'));
  const inFolder = (name: string) => join(folder, name);
  const socket = inFolder('docker.sock');
  const host = `unix://${socket}`;
  const settings = [
    'version = 2',
    'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
    `root = "${inFolder('containerd')}"`,
    `state = "${inFolder('containerd-state')}"`,
    `[grpc]\naddress = "${inFolder('containerd.sock')}"`,
  ];
  await writeFile(inFolder('containerd.toml'), settings.join('\n'));
  const always = [
    ['--containerd', inFolder('containerd.sock')],
    ['--data-root', inFolder('data')],
    ['--exec-root', inFolder('exec')],
    ['--pidfile', inFolder('pid')],
    ['--host', host],
    ['--storage-driver', 'overlay2'],
    ['--iptables=false', '--ip6tables=false'],
  ].flat();

  let said = '';
  const spawned = (program: string, args: readonly string[]): ChildProcess => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000);
    });
    return child;
  };
  const ended = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  };

  // The daemon would mount its folder over itself when that is not shared, and by that hide what one before it has left.
  const script =
    'ip link set lo up && mount --bind "$1" "$1" && mount --make-shared "$1" && exec containerd --config "$2"';
  const words = ['sh', '-c', script, 'sh', folder, inFolder('containerd.toml')];
  const keeper = spawned('unshare', ['--net', '--mount', ...words]);
  const inside = ['nsenter', '--net', '--mount', '--target', String(keeper.pid), '--'];
  let daemon: ChildProcess | null = null;

  const docker: OwnEngine['docker'] = async (...args) =>
    (await run('docker', ['--host', host, ...args], { maxBuffer: 32 * 1024 * 1024 })).stdout.trim();
  const start: OwnEngine['start'] = async (...options) => {
    const [program = '', ...rest] = [...inside, 'dockerd', ...always, ...options];
    daemon = spawned(program, rest);
    try {
      await vi.waitFor(() => docker('version'), { timeout: 60_000, interval: 100 });
    } catch (error) {
      throw new Error(`the engine did not start:\n${said}`, { cause: error });
    }
  };
  const end: OwnEngine['end'] = async (signal) => {
    if (daemon !== null) await ended(daemon, signal);
    daemon = null;
  };
  return {
    socket,
    host,
    inside,
    docker,
    async copyImage(reference) {
      const piped = 'docker save "$1" | docker --host "$2" load';
      await run('bash', ['-o', 'pipefail', '-c', piped, 'bash', reference, host]);
    },
    start,
    end,
    async close() {
      if (daemon !== null) {
        // What survives its daemon would survive the test.
        const left = (await docker('ps', '-aq').catch(() => '')).split('\n').filter((id) => id !== '');
        if (left.length > 0) await docker('rm', '--force', ...left).catch(() => undefined);
        await end('SIGTERM');
      }
      await ended(keeper, 'SIGTERM');
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
    },
  };
};
