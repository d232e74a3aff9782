import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Candidate, engineCandidates } from '../../../src/adapters/docker/candidates.ts';
import { parseEndpoint } from '../../../src/adapters/docker/endpoint.ts';
import { temporary } from '../../support/temporary.ts';

const candidatesOf = (env: Record<string, string>, homeDir = '/home/ada', uid: number | null = 1000) =>
  engineCandidates({ env, homeDir, uid });
const brief = (candidates: readonly Candidate[]) =>
  candidates.map(({ source, address }) => `${source} ${address}`);

/** Writes what the docker client keeps of a context. */
const writeContext = async (configDir: string, name: string, docker: object, tls: readonly string[] = []) => {
  const id = createHash('sha256').update(name).digest('hex');
  await mkdir(join(configDir, 'contexts/meta', id), { recursive: true });
  const meta = { Name: name, Metadata: {}, Endpoints: { docker } };
  await writeFile(join(configDir, 'contexts/meta', id, 'meta.json'), JSON.stringify(meta));
  const tlsDir = join(configDir, 'contexts/tls', id, 'docker');
  if (tls.length > 0) await mkdir(tlsDir, { recursive: true });
  for (const file of tls) await writeFile(join(tlsDir, file), 'PEM');
  return tlsDir;
};

const configWith = async (config: unknown) => {
  const { home } = await temporary();
  await mkdir(join(home, '.docker'));
  await writeFile(
    join(home, '.docker/config.json'),
    typeof config === 'string' ? config : JSON.stringify(config),
  );
  return home;
};

const usual = [
  'default unix:///var/run/docker.sock',
  'rootless unix:///run/user/1000/docker.sock',
  'docker-desktop unix:///home/ada/.docker/run/docker.sock',
  'docker-desktop unix:///home/ada/.docker/desktop/docker.sock',
  'colima unix:///home/ada/.colima/default/docker.sock',
  'colima unix:///home/ada/.config/colima/default/docker.sock',
  'orbstack unix:///home/ada/.orbstack/run/docker.sock',
  'podman unix:///run/user/1000/podman/podman.sock',
  'podman unix:///run/podman/podman.sock',
];

describe('engine candidates', () => {
  it('are the usual sockets, in the order of the design', async () => {
    expect(brief(await candidatesOf({}))).toEqual(usual);
  });

  it('follow XDG_RUNTIME_DIR first, XDG_CONFIG_HOME and COLIMA_HOME', async () => {
    const env = { XDG_RUNTIME_DIR: '/run/ada', XDG_CONFIG_HOME: '/conf', COLIMA_HOME: '/colima' };
    const found = brief(await candidatesOf(env));
    expect(found).toContain('colima unix:///conf/colima/default/docker.sock');
    expect(found).toContain('colima unix:///colima/default/docker.sock');
    expect(found.filter((line) => line.startsWith('rootless'))).toEqual([
      'rootless unix:///run/ada/docker.sock',
      'rootless unix:///run/user/1000/docker.sock',
    ]);
  });

  it('have no runtime directory where there are no user ids', async () => {
    expect(brief(await candidatesOf({}, '/home/ada', null)).some((line) => line.includes('/run/user'))).toBe(
      false,
    );
  });

  it('are DOCKER_HOST alone when it is set, and not when it is empty', async () => {
    expect(brief(await candidatesOf({ DOCKER_HOST: 'tcp://far:2375', DOCKER_CONTEXT: 'x' }))).toEqual([
      'DOCKER_HOST tcp://far:2375',
    ]);
    expect(brief(await candidatesOf({ DOCKER_HOST: '' }))).toEqual(usual);
  });

  it('begin with the current context', async () => {
    const home = await configWith({ currentContext: 'desk top' });
    await writeContext(join(home, '.docker'), 'desk top', {
      Host: 'unix:///desk.sock',
      SkipTLSVerify: false,
    });
    const found = await candidatesOf({}, home);
    expect(brief(found)[0]).toBe('context unix:///desk.sock');
    expect(found).toHaveLength(usual.length + 1);
    expect(found[0]?.endpoint).toEqual({ kind: 'socket', path: '/desk.sock' });
  });

  it('are the context of DOCKER_CONTEXT alone, from DOCKER_CONFIG, with its certificates', async () => {
    const { root } = await temporary();
    const tlsDir = await writeContext(root, 'far', { Host: 'tcp://far:2376', SkipTLSVerify: true }, [
      'ca.pem',
    ]);
    const found = await candidatesOf({ DOCKER_CONFIG: root, DOCKER_CONTEXT: 'far' });
    expect(found.map(({ endpoint }) => endpoint)).toEqual([
      { kind: 'tcp', host: 'far', port: 2376, tls: { directory: tlsDir, verify: false } },
    ]);
  });

  it('leave a context out by DOCKER_CONTEXT=default', async () => {
    const home = await configWith({ currentContext: 'gone' });
    expect(brief(await candidatesOf({ DOCKER_CONTEXT: 'default' }, home))[0]).toBe(usual[0]);
  });

  it.each([
    ['is gone', async () => {}, 'there is no such context'],
    [
      'is broken',
      (dir: string) => writeContext(dir, 'mine', { Nope: 1 }),
      'its file is not as the docker client writes it',
    ],
  ])('say why when the current context %s, and go on', async (_name, prepare, problem) => {
    const home = await configWith({ currentContext: 'mine' });
    await prepare(join(home, '.docker'));
    const [first, ...rest] = await candidatesOf({}, home);
    expect(first).toMatchObject({ source: 'context', address: 'context mine', endpoint: null, problem });
    expect(rest).toHaveLength(usual.length);
  });

  it.each(['{', '[]', '{"currentContext":7}', '{"currentContext":""}', '{"currentContext":"default"}'])(
    'do without a configuration that says nothing of a context: %s',
    async (config) => {
      expect(await candidatesOf({}, await configWith(config))).toHaveLength(usual.length);
    },
  );
});

describe('an address', () => {
  const tls = { directory: '/certs', verify: true };
  it.each([
    ['unix:///a.sock', { kind: 'socket', path: '/a.sock' }],
    ['unix://', { kind: 'socket', path: '/var/run/docker.sock' }],
    ['tcp://far', { kind: 'tcp', host: 'far', port: 2375, tls: null }],
    ['far:99', { kind: 'tcp', host: 'far', port: 99, tls: null }],
    ['tcp://[::1]:2375', { kind: 'tcp', host: '::1', port: 2375, tls: null }],
    ['http://far:80', { kind: 'tcp', host: 'far', port: 80, tls: null }],
    ['https://far', { kind: 'tcp', host: 'far', port: 2376, tls: { directory: '', verify: true } }],
    ['https://far:443/', { kind: 'tcp', host: 'far', port: 443, tls: { directory: '', verify: true } }],
    ['ssh://far', { kind: 'ssh', arguments: ['--', 'far'], socketPath: null }],
    [
      'ssh://me@far:22/run/d.sock',
      { kind: 'ssh', arguments: ['-l', 'me', '-p', '22', '--', 'far'], socketPath: '/run/d.sock' },
    ],
  ])('%s is understood', (address, endpoint) => {
    expect(parseEndpoint(address, null)).toEqual(endpoint);
  });

  it('takes certificates for tcp', () => {
    expect(parseEndpoint('tcp://far', tls)).toEqual({ kind: 'tcp', host: 'far', port: 2376, tls });
  });
});
