import { execFile } from 'node:child_process';
import { access, chmod, chown, mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { docker, type Output, planForTest, testBase, whyNoDocker } from '../docker/docker-cli.ts';
import { makeTemporary, type Temporary } from '../support/temporary.ts';
import { claudeSetup, configureImage, product } from './product.ts';

const noDocker = await whyNoDocker();
const devcontainer = fileURLToPath(import.meta.resolve('@devcontainers/cli/devcontainer.js'));

/** Runs a program. Never rejects. */
const run = (
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
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
  });

const noSystemd =
  (await run('systemd-analyze', ['--version'], { PATH: process.env.PATH ?? '' })).status !== 0;

describe('what export writes, used', () => {
  let temporary: Temporary;
  let env: Readonly<Record<string, string>>;
  let image: string;
  const name = `claude-setup-test-export-${process.pid}`;

  beforeAll(async () => {
    temporary = await makeTemporary();
    const bin = join(temporary.root, 'bin');
    await mkdir(bin);
    await mkdir(temporary.authDir, { mode: 0o700 });
    const words = product.map((word) => `'${word}'`).join(' ');
    await writeFile(join(bin, 'claude-setup'), `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
    env = { ...temporary.env, PATH: `${bin}:${temporary.env.PATH}` };
    const login = {
      accessToken: 'sk-ant-oat01-TEST-EXPORT',
      refreshToken: 'sk-ant-ort01-TEST-EXPORT-REFRESH',
      expiresAt: Date.now() + 8 * 3600_000,
      scopes: ['user:inference', 'user:profile'],
      subscriptionType: 'max',
    };
    const files = {
      '.credentials.json': { claudeAiOauth: login },
      '.claude.json': { hasCompletedOnboarding: true, oauthAccount: { emailAddress: 'ada@example.com' } },
    };
    for (const [name, content] of Object.entries(files))
      await writeFile(join(temporary.authDir, name), JSON.stringify(content), { mode: 0o600 });
    const added = await claudeSetup(['profile', 'add', 'dev', '--dir', temporary.authDir], env);
    expect(added.stderr).toBe('');
    if (noDocker !== null) return;
    const plan = await planForTest();
    image = plan.reference;
    await configureImage(temporary.setupHome, { base: testBase, caFile: plan.settings.caFile });
    const built = await claudeSetup(['build'], env);
    expect(built.stderr + built.stdout).toMatch(/was built|is up to date/);
  }, 300_000);
  afterAll(async () => {
    if (noDocker === null) await docker('rm', '--force', name);
    await temporary?.remove();
  });

  const exported = async (...args: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await claudeSetup(['export', 'dev', ...args], env);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain('sk-ant-');
    return stdout;
  };

  describe.skipIf(noDocker !== null)(noDocker ?? 'on an engine', () => {
    it('the docker run line starts the real CLI with the published lease, and without it nothing', async () => {
      const directory = join(temporary.home, 'a lease, published');
      const script = await exported(
        ...['--format', 'docker-run', '--image', image, '--service', name, '--to', directory],
      );
      // The command of the script as it stands, with another question to the CLI.
      const asked = `${script.trimEnd()} auth status`;
      const start = () => run('script', ['-qec', asked, '/dev/null'], env);
      const before = await start();
      expect(before.status).not.toBe(0);
      expect(before.stdout).toContain('bind source path does not exist');
      const apply = /^# +(claude-setup apply .*)$/m.exec(script)?.[1] ?? '';
      expect(await run('sh', ['-c', apply], env)).toMatchObject({ status: 0 });
      const started = await start();
      expect(started.status, started.stdout).toBe(0);
      // On a terminal the CLI moves the cursor instead of writing spaces.
      const answer = stripVTControlCharacters(started.stdout).replaceAll(/\s/g, '');
      expect(answer).toContain('"loggedIn":true');
      expect(answer).toContain('"email":"ada@example.com"');
      const again = await exported('--format', 'compose', '--image', image);
      expect(again).toContain(JSON.stringify(directory));
    }, 60_000);

    it('the init container of Kubernetes lays the files of the Secret where the real CLI takes them', async () => {
      const { status, stdout } = await claudeSetup(['export', 'dev', '--format', 'kubernetes'], env);
      expect(status).toBe(0);
      expect(stdout).not.toContain('sk-ant-ort01');
      const [secret, deployment] = parseAllDocuments(stdout).map((document) => document.toJS());
      // As the kubelet lays a projected volume out, so that all files change at once.
      const volume = join(temporary.root, 'volume');
      await mkdir(join(volume, '..version'), { recursive: true });
      await symlink('..version', join(volume, '..data'));
      for (const [file, content] of Object.entries<string>(secret.stringData)) {
        const path = join(volume, '..version', file);
        await writeFile(path, content);
        await chown(path, 0, 1000);
        await chmod(path, 0o440);
        await symlink(join('..data', file), join(volume, file));
      }
      const pod = deployment.spec.template.spec;
      // An empty directory of a pod, for its group.
      const config = join(temporary.root, 'config');
      await mkdir(config);
      await chown(config, 0, pod.securityContext.fsGroup);
      await chmod(config, 0o2777);
      const [, , prepare] = pod.initContainers[0].command;
      const { runAsUser, runAsGroup } = pod.securityContext;
      const asked = await docker(
        ...['run', '--rm', '--name', name, '--user', `${runAsUser}:${runAsGroup}`, '--cap-drop', 'ALL'],
        ...['--volume', `${config}:${pod.containers[0].env[0].value}`],
        ...['--volume', `${volume}:/run/claude-setup:ro`, '--entrypoint', 'sh', image],
        ...['-c', `${prepare} && claude auth status`],
      );
      expect(asked.status, asked.stderr).toBe(0);
      expect(JSON.parse(asked.stdout)).toMatchObject({ loggedIn: true, email: 'ada@example.com' });
    }, 60_000);

    it('the dev container publishes by itself and has the login', async () => {
      const folder = join(temporary.root, `workspace-${process.pid}`);
      const file = join(folder, '.devcontainer', 'devcontainer.json');
      await mkdir(dirname(file), { recursive: true });
      const directory = join(temporary.home, 'for-devcontainer');
      await writeFile(
        file,
        await exported('--format', 'devcontainer', '--image', image, '--to', directory, '--service', name),
      );
      const command = (word: string, ...more: readonly string[]) =>
        run(process.execPath, [devcontainer, word, '--workspace-folder', folder, ...more], {
          ...env,
          DOCKER_BUILDKIT: '0',
        });
      try {
        const up = await command('up', '--buildkit', 'never');
        expect(up.status, up.stderr).toBe(0);
        expect(JSON.parse(up.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
          outcome: 'success',
          remoteUser: 'node',
        });
        await access(join(directory, '.credentials.json'));
        const status = await command('exec', 'claude', 'auth', 'status');
        expect(status.status, status.stderr).toBe(0);
        expect(JSON.parse(status.stdout)).toMatchObject({ loggedIn: true, email: 'ada@example.com' });
        const capabilities = await command(
          'exec',
          'sh',
          '-c',
          'grep -E "^(CapBnd|NoNewPrivs)" /proc/self/status',
        );
        expect(capabilities.stdout).toMatch(/NoNewPrivs:\s+1/);
        expect(capabilities.stdout).toMatch(/CapBnd:\s+0+\s/);
      } finally {
        const filter = `label=devcontainer.local_folder=${folder}`;
        const left = (await docker('ps', '-aq', '--filter', filter)).stdout.split('\n').filter(Boolean);
        await docker('rm', '--force', ...left);
        const reference = `reference=vsc-${basename(folder)}-*`;
        const images = await docker('images', '--format', '{{.Repository}}', '--filter', reference);
        await docker('rmi', ...images.stdout.split('\n').filter(Boolean));
      }
    }, 120_000);
  });

  it.skipIf(noSystemd)(
    'systemd finds nothing wrong with the units',
    async () => {
      const units = join(temporary.root, 'units');
      await mkdir(units);
      const wrote = await claudeSetup(['export', 'dev', '--format', 'systemd', '--output', units], env);
      expect(wrote.status).toBe(0);
      const files = ['service', 'timer'].map((kind) => join(units, `claude-setup-watch-dev.${kind}`));
      const verify = (...more: readonly string[]) =>
        run('systemd-analyze', ['verify', '--user', '--recursive-errors=no', ...more], {
          ...env,
          XDG_RUNTIME_DIR: temporary.root,
        });
      const verified = await verify(...files);
      expect([verified.status, verified.stdout + verified.stderr]).toEqual([0, '']);
      const broken = join(units, 'broken.service');
      await writeFile(broken, '[Service]\nType=oneshot\nExecStart=no-such-program\nNoNewPrivilege=yes\n');
      expect((await verify(broken)).stderr).toContain('NoNewPrivilege');
    },
    30_000,
  );
});
