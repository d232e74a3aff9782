import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { issuerHosts, makeCertificates } from './certificates.ts';
import { issuerBehind } from './control.ts';
import { type IssuerControl, startIssuer } from './issuer.ts';

const run = promisify(execFile);

/** The authorities that this machine needs to reach a package registry. */
const hostAuthorities = process.env.CLAUDE_SETUP_TEST_CA || process.env.NODE_EXTRA_CA_CERTS;

export interface IssuerPlace {
  readonly issuer: IssuerControl;
  /** PEM file with this machine's authorities and the issuer's. */
  readonly caFile: string;
  close(): Promise<void>;
}

/**
 * An issuer that containers on the default bridge reach under the provider's names, by `extraHosts`, and programs of this
 * host that are started with `inside`.
 */
export const issuerOnBridge = async (): Promise<
  IssuerPlace & { readonly extraHosts: readonly string[]; readonly inside: readonly string[] }
> => {
  const directory = await mkdtemp(join(tmpdir(), 'claude-setup-issuer-'));
  const inspected = await run('docker', [
    'network',
    'inspect',
    'bridge',
    '--format',
    '{{(index .IPAM.Config 0).Gateway}}',
  ]);
  // An engine that never ran a container has not said the gateway yet; it is the first address then.
  const address = inspected.stdout.trim() || '172.17.0.1';
  const certificates = makeCertificates(directory);
  const hosts = join(directory, 'hosts');
  await writeFile(hosts, `127.0.0.1 localhost\n${address} ${issuerHosts.join(' ')}\n`);
  const underNames = 'mount --bind "$1" /etc/hosts && shift && exec "$@"';
  // Another run of these tests on this machine may have the address; it gives it back.
  const issuer = await vi.waitFor(() => startIssuer({ certificates, address, port: 443 }), {
    timeout: 240_000,
    interval: 500,
  });
  return {
    issuer,
    caFile: await joinedAuthorities(directory, certificates.caFile),
    extraHosts: issuerHosts.map((host) => `${host}:${address}`),
    inside: ['unshare', '--mount', 'bash', '-c', underNames, 'bash', hosts],
    close: async () => {
      await issuer.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** Why there can be no network of its own here, or null when there can. */
export const whyNoNamespace = async (): Promise<string | null> => {
  const tried = await run('unshare', ['--net', '--mount', 'ip', 'link', 'set', 'lo', 'up']).catch(
    (error: Error) => error,
  );
  return tried instanceof Error ? `no network namespace: ${tried.message.trim().split('\n').at(-1)}` : null;
};

/** A network of its own, with nothing on it but the issuer on its loopback. */
export const issuerInNamespace = async (): Promise<IssuerPlace & { readonly inside: readonly string[] }> => {
  const directory = await mkdtemp(join(tmpdir(), 'claude-setup-issuer-'));
  const hosts = join(directory, 'hosts');
  await writeFile(hosts, `127.0.0.1 localhost ${issuerHosts.join(' ')}\n`);
  const serve = fileURLToPath(new URL('serve.ts', import.meta.url));
  const script = `ip link set lo up && mount --bind "$1" /etc/hosts && exec "$2" "$3" "$4" 127.0.0.1 443`;
  const keeper = spawn(
    'unshare',
    ['--net', '--mount', 'bash', '-c', script, 'bash', hosts, process.execPath, serve, directory],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await ready(keeper);
  return {
    issuer: issuerBehind(join(directory, 'control.sock')),
    caFile: await joinedAuthorities(directory, join(directory, 'ca.pem')),
    inside: ['nsenter', '--net', '--mount', '--target', String(keeper.pid), '--'],
    close: async () => {
      const exit = once(keeper, 'exit');
      keeper.kill('SIGTERM');
      await exit;
      await rm(directory, { recursive: true, force: true });
    },
  };
};

const ready = async (keeper: ChildProcess): Promise<void> => {
  if (keeper.stdout === null) throw new Error('the issuer has no output');
  for await (const line of createInterface({ input: keeper.stdout })) if (line.startsWith('ready')) return;
  throw new Error('the issuer ended before it was ready');
};

const joinedAuthorities = async (directory: string, issuerCa: string): Promise<string> => {
  const file = join(directory, 'authorities.pem');
  await copyFile(issuerCa, file);
  if (hostAuthorities) await appendFile(file, `\n${await readFile(hostAuthorities, 'utf8')}`);
  return file;
};
