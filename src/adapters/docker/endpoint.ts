import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the certificates for an engine over TLS are, and whether the engine's own is checked. */
export interface TlsOptions {
  readonly directory: string;
  readonly verify: boolean;
}

export type Endpoint =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: TlsOptions | null }
  | { readonly kind: 'ssh'; readonly arguments: readonly string[]; readonly socketPath: string | null };

/** Without a port in the address (source: docker/cli, `opts/hosts.go`). */
const defaultPorts = { plain: 2375, tls: 2376 };

/** Reads an address in the form of `DOCKER_HOST`; null when it has none of the forms we know. `tls` applies to `tcp` and `https`. */
export const parseEndpoint = (address: string, tls: TlsOptions | null): Endpoint | null => {
  if (address.startsWith('unix://')) {
    const path = address.slice('unix://'.length) || '/var/run/docker.sock';
    return path.startsWith('/') ? { kind: 'socket', path } : null;
  }
  const url = URL.parse(address.includes('://') ? address : `tcp://${address}`);
  if (url === null || url.hostname === '') return null;
  switch (url.protocol) {
    case 'ssh:':
      return sshEndpoint(url);
    case 'tcp:':
    case 'http:':
    case 'https:': {
      const secure = url.protocol === 'https:' ? (tls ?? { directory: '', verify: true }) : tls;
      const port = portOf(url, address) ?? (secure === null ? defaultPorts.plain : defaultPorts.tls);
      return { kind: 'tcp', host: url.hostname.replaceAll(/[[\]]/g, ''), port, tls: secure };
    }
    default:
      return null;
  }
};

/** The URL parser drops a port that is the usual one of `http:` or `https:`. */
const portOf = ({ port, protocol }: URL, address: string): number | null => {
  if (port !== '') return Number(port);
  if (protocol === 'http:' && /:80(?:\/|$)/.test(address)) return 80;
  return protocol === 'https:' && /:443(?:\/|$)/.test(address) ? 443 : null;
};

/** The same way as the docker client: `ssh … docker system dial-stdio`. A host that begins with a dash would be an option. */
const sshEndpoint = ({ hostname, username, port, pathname }: URL): Endpoint | null => {
  const user = decodeURIComponent(username);
  if (hostname.startsWith('-') || user.startsWith('-')) return null;
  return {
    kind: 'ssh',
    arguments: [...(user ? ['-l', user] : []), ...(port ? ['-p', port] : []), '--', hostname],
    socketPath: pathname === '' || pathname === '/' ? null : pathname,
  };
};

export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly rejectUnauthorized: boolean;
}

/** Reads what is there of the three files; throws when one is there and can't be read. */
export const readTlsMaterial = async ({ directory, verify }: TlsOptions): Promise<TlsMaterial> => {
  const read = async (name: 'ca' | 'cert' | 'key') => {
    if (directory === '') return {};
    try {
      return { [name]: await readFile(join(directory, `${name}.pem`)) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw error;
    }
  };
  return {
    ...(await read('ca')),
    ...(await read('cert')),
    ...(await read('key')),
    rejectUnauthorized: verify,
  };
};
