import { Deployment } from 'kubernetes-models/apps/v1';
import { Secret } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { StoredLogin } from '../../../src/domain/credentials.ts';
import type { ExportInput } from '../../../src/domain/export/export-format.ts';
import { exportFormats } from '../../../src/domain/export/formats.ts';
import { toLease } from '../../../src/domain/lease.ts';
import { isCompose } from '../../support/compose-spec.ts';

const input: ExportInput = {
  profile: 'dev',
  directory: '/home/ada/.claude-hub-lease',
  owner: { uid: 1000, gid: 1000 },
  givenAway: true,
  image: 'claude-setup:latest',
  service: 'claude',
  namespace: null,
  program: ['/usr/bin/node', '/opt/claude-setup/bin/claude-setup.js'],
  environment: { PATH: '/usr/bin' },
};

/** A directory that means something else in every notation. */
const awkward = `/srv/ada's "own" $HOME/100%, comma: #1 \\ ü`;

const login: StoredLogin = {
  claudeAiOauth: {
    accessToken: 'sk-ant-oat01-TEST-ACCESS',
    refreshToken: 'sk-ant-ort01-TEST-REFRESH-0123456789',
    expiresAt: Date.UTC(2026, 10, 24, 18),
    scopes: ['user:inference'],
  },
};
const lease = toLease(login, '{"hasCompletedOnboarding":true}');

const render = (name: string, changes: Partial<ExportInput> = {}) => {
  const format = exportFormats.find(({ format }) => format === name);
  if (format === undefined) throw new Error(`no format ${name}`);
  const whole = { ...input, ...changes };
  return format.holdsToken ? format.render(whole, lease) : format.render(whole);
};
const text = (name: string, changes: Partial<ExportInput> = {}) =>
  render(name, changes)
    .map(({ content }) => content)
    .join('\n');

describe.each(exportFormats)('$format', ({ format, holdsToken, summary }) => {
  it('holds no refresh token, and an access token only where it says so', () => {
    expect(text(format)).not.toContain('sk-ant-ort01');
    expect(text(format).includes('sk-ant-oat01')).toBe(holdsToken);
    expect(summary.includes('holds a token')).toBe(holdsToken);
  });

  it('ends its files with one line break, and no line with white space', () => {
    for (const { content } of render(format)) {
      expect(content).toMatch(/[^\n]\n$/);
      expect(content).not.toMatch(/[ \t]$/m);
    }
  });
});

describe('compose', () => {
  it.each([input.directory, awkward])('is what the Compose specification says: %s', (directory) => {
    const document = parse(text('compose', { directory }));
    isCompose(document);
    expect(isCompose.errors).toBeNull();
    const service = document.services.claude;
    // Compose reads two dollars as one.
    expect(service.volumes[0].source.replaceAll('$$', '$')).toBe(directory);
    expect(service).toMatchObject({
      user: '1000:1000',
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      init: true,
      pids_limit: 512,
      environment: { CLAUDE_CONFIG_DIR: '/home/node/.claude' },
      volumes: [{ type: 'bind', target: '/home/node/.claude', bind: { create_host_path: false } }],
    });
  });

  it('is refused by the specification when it says something else', () => {
    isCompose(parse(text('compose').replace('cap_drop: ["ALL"]', 'cap_drop: ALL')));
    expect(isCompose.errors).not.toBeNull();
  });
});

it('docker-run is one command', () => {
  expect(text('docker-run')).toMatchInlineSnapshot(`
    "# Claude with the login of the profile dev. No token is in this command.
    # Publish a lease of the login first:
    #   claude-setup apply dev --to /home/ada/.claude-hub-lease --owner 1000:1000
    # While containers use it, this keeps it fresh; they see a new lease
    # without a restart:
    #   claude-setup watch dev
    docker run --rm --interactive --tty --init --name claude \\
      --user 1000:1000 --cap-drop ALL --security-opt no-new-privileges \\
      --pids-limit 512 --memory 2g \\
      --env CLAUDE_CONFIG_DIR=/home/node/.claude \\
      --mount type=bind,source=/home/ada/.claude-hub-lease,target=/home/node/.claude \\
      claude-setup:latest claude
    "
  `);
});

it('devcontainer is JSON below its comments, and publishes before each start', () => {
  const json = JSON.parse(text('devcontainer', { directory: awkward }).replaceAll(/^\/\/.*$/gm, ''));
  expect(json).toMatchObject({
    image: 'claude-setup:latest',
    initializeCommand: ['claude-setup', 'apply', 'dev', '--to', awkward, '--owner', '1000:1000'],
    remoteUser: 'node',
    mounts: [{ type: 'bind', source: awkward, target: '/home/node/.claude' }],
    runArgs: expect.arrayContaining(['--cap-drop=ALL']),
  });
});

it('env is one variable, and says when it ends', () => {
  const lines = text('env').trimEnd().split('\n');
  expect(lines.filter((line) => !line.startsWith('#'))).toEqual([
    'CLAUDE_CODE_OAUTH_TOKEN=sk-ant-oat01-TEST-ACCESS',
  ]);
  expect(text('env')).toContain('2026-11-24T18:00:00.000Z');
});

it('systemd has a service and a timer of the same name', () => {
  const files = render('systemd', { program: ['/opt/a node', '/opt/50%/$x"'] });
  expect(files.map(({ name }) => name)).toEqual([
    'claude-setup-watch-dev.service',
    'claude-setup-watch-dev.timer',
  ]);
  expect(files[0]?.content).toContain('ExecStart="/opt/a node" "/opt/50%%/$$x\\"" watch dev --once\n');
});

it('swarm makes a service without a login, pushes, and only then starts containers', () => {
  const lines = text('swarm', { profile: 'prod', image: 'registry.example/worker:7' }).split('\n');
  const commands = lines.filter((line) => line !== '' && !line.startsWith('#'));
  expect(commands.slice(0, 4)).toEqual([
    'docker service create --name claude --replicas 0 \\',
    '  --label claude-setup.profile=prod \\',
    '  --user 1000:1000 --init --cap-drop ALL \\',
    '  --limit-pids 512 --limit-memory 2g \\',
  ]);
  expect(commands.slice(-4)).toEqual([
    '  registry.example/worker:7',
    'claude-setup export prod --format swarm --push',
    'docker service scale claude=1',
    "claude-setup watch prod --on-change 'claude-setup export prod --format swarm --push'",
  ]);
});

describe('kubernetes', () => {
  const documents = (changes: Partial<ExportInput> = {}) =>
    parseAllDocuments(text('kubernetes', changes)).map((document) => document.toJS());

  it('is a Secret and a Deployment as the published OpenAPI schema has them', () => {
    const [secret, deployment, ...others] = documents({ profile: 'my_team', namespace: 'ci' });
    expect(others).toEqual([]);
    new Secret(secret).validate();
    new Deployment(deployment).validate();
    const wrong = { ...deployment, spec: { ...deployment.spec, replicas: 'one' } };
    expect(() => new Deployment(wrong).validate()).toThrow('replicas');
    expect(secret.metadata).toMatchObject({
      name: expect.stringMatching(/^claude-setup-my-team-[0-9a-f]{10}$/),
      namespace: 'ci',
    });
    expect(secret.immutable).toBe(true);
  });

  it('mounts the files of the Secret as a directory, for the user of the containers only', () => {
    const [secret, deployment] = documents();
    const { volumes, containers, initContainers, securityContext } = deployment.spec.template.spec;
    const { projected } = volumes.find(({ name }: { name: string }) => name === 'lease');
    expect(projected.defaultMode).toBe(0o400);
    expect(projected.sources[0].secret.name).toBe(secret.metadata.name);
    expect(projected.sources[0].secret.items.map(({ key }: { key: string }) => key)).toEqual(
      Object.keys(secret.stringData),
    );
    expect(securityContext).toMatchObject({ runAsNonRoot: true, fsGroup: 1000 });
    for (const container of [...containers, ...initContainers]) {
      expect(container.securityContext.capabilities).toEqual({ drop: ['ALL'] });
      expect(JSON.stringify(container.volumeMounts)).not.toContain('subPath');
    }
  });

  it('has another Secret for another token, and the same for the same', () => {
    const name = () => documents()[0]?.metadata.name;
    expect(name()).toBe(name());
    const format = exportFormats.find((one) => one.format === 'kubernetes');
    if (!format?.holdsToken) throw new Error('no format');
    const other = toLease(
      { claudeAiOauth: { ...login.claudeAiOauth, accessToken: 'sk-ant-oat01-TEST-2' } },
      null,
    );
    const [file] = format.render(input, other);
    expect(parseAllDocuments(file?.content ?? '')[0]?.toJS().metadata.name).not.toBe(name());
    expect(file?.content).not.toContain('.claude.json');
  });
});
