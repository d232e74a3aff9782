import type { DockerOptions } from 'dockerode';
import type { Endpoint } from './endpoint.ts';
import { readTlsMaterial } from './endpoint.ts';
import { createEngineApi, type EngineApi } from './engine-api.ts';

/** dockerode reads DOCKER_HOST and its kin by itself for whatever is not given; these say that nothing is to be taken from there. */
const nothingFromTheEnvironment = {
  socketPath: undefined,
  host: undefined,
  port: undefined,
  username: undefined,
  ca: undefined,
  cert: undefined,
  key: undefined,
  timeout: undefined,
  protocol: 'http',
} as const;

/** The API at an endpoint; nothing is connected yet. dockerode takes 90 ms to load, so only here and only when needed. */
export const openApi = async (
  endpoint: Endpoint,
  env: Readonly<Record<string, string | undefined>>,
  interruption?: AbortSignal,
): Promise<EngineApi> => {
  const { default: Docker } = await import('dockerode');
  const docker = new Docker({ ...nothingFromTheEnvironment, ...(await optionsFor(endpoint, env)) });
  return createEngineApi(docker, {
    socketPath: endpoint.kind === 'socket' ? endpoint.path : null,
    interruption,
  });
};

const optionsFor = async (
  endpoint: Endpoint,
  env: Readonly<Record<string, string | undefined>>,
): Promise<DockerOptions & { readonly agent?: import('node:http').Agent }> => {
  switch (endpoint.kind) {
    case 'socket':
      return { socketPath: endpoint.path };
    case 'ssh': {
      const { SshAgent } = await import('./ssh-agent.ts');
      return { host: 'docker.invalid', agent: new SshAgent(endpoint, env) };
    }
    case 'tcp': {
      const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
      if (endpoint.tls === null) return { host, port: endpoint.port };
      const { Agent } = await import('node:https');
      const agent = new Agent({ ...(await readTlsMaterial(endpoint.tls)), keepAlive: false });
      return { host, port: endpoint.port, protocol: 'https', agent };
    }
  }
};
