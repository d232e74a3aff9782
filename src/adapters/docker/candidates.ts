import { join } from 'node:path';
import type { EngineSource } from '../../ports/engine.ts';
import { currentContextName, readContext } from './docker-contexts.ts';
import { type Endpoint, parseEndpoint, type TlsOptions } from './endpoint.ts';
import { engineText } from './engine-errors.ts';

/** One place to look for an engine. `problem` says why it can't even be tried. */
export interface Candidate {
  readonly source: EngineSource;
  /** As people read it, such as `unix:///var/run/docker.sock`. */
  readonly address: string;
  readonly endpoint: Endpoint | null;
  readonly problem: string;
}

/** Where the search begins. */
export interface SearchPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
  /** Null where the system has no such thing. */
  readonly uid: number | null;
}

type SocketPlace = Omit<SearchPlace, 'uid'> & {
  readonly runtimeDirs: readonly string[];
  readonly configHome: string;
};

/** The usual sockets, in the order they are tried (source: the documentation of each program). */
const usualSockets: readonly {
  readonly source: EngineSource;
  readonly paths: (place: SocketPlace) => readonly string[];
}[] = [
  { source: 'default', paths: () => ['/var/run/docker.sock'] },
  { source: 'rootless', paths: ({ runtimeDirs }) => runtimeDirs.map((dir) => join(dir, 'docker.sock')) },
  {
    source: 'docker-desktop',
    paths: ({ homeDir }) => [
      join(homeDir, '.docker/run/docker.sock'),
      join(homeDir, '.docker/desktop/docker.sock'),
    ],
  },
  {
    source: 'colima',
    paths: ({ env, homeDir, configHome }) => [
      ...(env.COLIMA_HOME ? [join(env.COLIMA_HOME, 'default/docker.sock')] : []),
      join(homeDir, '.colima/default/docker.sock'),
      join(configHome, 'colima/default/docker.sock'),
    ],
  },
  { source: 'orbstack', paths: ({ homeDir }) => [join(homeDir, '.orbstack/run/docker.sock')] },
  {
    source: 'podman',
    paths: ({ runtimeDirs }) => [
      ...runtimeDirs.map((dir) => join(dir, 'podman/podman.sock')),
      '/run/podman/podman.sock',
    ],
  },
];

/**
 * Everywhere an engine may be, in the order of the design. What a person has named, by DOCKER_HOST or DOCKER_CONTEXT, is
 * the only candidate: the docker client would not look elsewhere either, and another engine than the named one is a trap.
 * The client's stored current context comes first but is not the only one, because it outlives the program that set it.
 */
export const engineCandidates = async (place: SearchPlace): Promise<readonly Candidate[]> => {
  const { env, homeDir } = place;
  const configDir = env.DOCKER_CONFIG || join(homeDir, '.docker');
  if (env.DOCKER_HOST) return [fromAddress('DOCKER_HOST', env.DOCKER_HOST, tlsOf(env, configDir))];
  if (env.DOCKER_CONTEXT && env.DOCKER_CONTEXT !== 'default') {
    return [await fromContext(configDir, env.DOCKER_CONTEXT)];
  }
  const current = env.DOCKER_CONTEXT === 'default' ? null : await currentContextName(configDir);
  return [...(current === null ? [] : [await fromContext(configDir, current)]), ...fromUsualSockets(place)];
};

const fromUsualSockets = ({ env, homeDir, uid }: SearchPlace): Candidate[] => {
  const runtimeDirs = [env.XDG_RUNTIME_DIR, uid === null ? undefined : `/run/user/${uid}`].filter(
    (dir) => dir !== undefined && dir !== '',
  );
  const socketPlace: SocketPlace = {
    env,
    homeDir,
    runtimeDirs: [...new Set(runtimeDirs)] as string[],
    configHome: env.XDG_CONFIG_HOME || join(homeDir, '.config'),
  };
  return usualSockets.flatMap(({ source, paths }) =>
    paths(socketPlace).map(
      (path): Candidate => ({
        source,
        address: `unix://${path}`,
        endpoint: { kind: 'socket', path },
        problem: '',
      }),
    ),
  );
};

const fromAddress = (source: EngineSource, address: string, tls: TlsOptions | null): Candidate => {
  const endpoint = parseEndpoint(address, tls);
  return {
    source,
    address: withoutPassword(engineText(address)),
    endpoint,
    problem:
      endpoint === null
        ? 'it is no address of an engine; those begin with unix://, tcp://, https:// or ssh://'
        : '',
  };
};

const withoutPassword = (address: string): string => address.replace(/\/\/([^/@:]*):[^/@]*@/, '//$1:***@');

const fromContext = async (configDir: string, name: string): Promise<Candidate> => {
  const context = await readContext(configDir, name);
  if (typeof context === 'string') {
    return { source: 'context', address: `context ${engineText(name)}`, endpoint: null, problem: context };
  }
  const hasTls =
    /^(?:tcp|https):/.test(context.host) && (context.skipTlsVerify || (await hasFiles(context.tlsDir)));
  return fromAddress(
    'context',
    context.host,
    hasTls ? { directory: context.tlsDir, verify: !context.skipTlsVerify } : null,
  );
};

const hasFiles = async (directory: string): Promise<boolean> => {
  const { readdir } = await import('node:fs/promises');
  return (await readdir(directory).catch(() => [])).length > 0;
};

/** As the docker client reads it: any value of DOCKER_TLS_VERIFY means TLS, checked; DOCKER_TLS alone means unchecked. */
const tlsOf = (env: SearchPlace['env'], configDir: string): TlsOptions | null => {
  if (!env.DOCKER_TLS_VERIFY && !env.DOCKER_TLS) return null;
  return { directory: env.DOCKER_CERT_PATH || configDir, verify: Boolean(env.DOCKER_TLS_VERIFY) };
};
