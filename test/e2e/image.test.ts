import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testedCliVersion } from '../../src/domain/config.ts';
import { diagnoseBuild } from '../../src/domain/image.ts';
import { buildByHand, docker, planForTest, testBase, whyNoDocker } from '../docker/docker-cli.ts';

const reason = await whyNoDocker();
const image = 'claude-setup-test/image:tested';
const bareBase = 'claude-setup-test/image:bare-base';
const bare = 'claude-setup-test/image:bare';
const bumped = 'claude-setup-test/image:bumped';

const bareness = 'rm -rf /etc/ssl/certs /usr/share/ca-certificates && useradd -m other';

const succeeded = async (...args: string[]): Promise<string> => {
  const { status, stdout, stderr } = await docker(...args);
  if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
};
const shell = (reference: string, script: string): Promise<string> =>
  succeeded('run', '--rm', '--user', '0', '--entrypoint', 'sh', reference, '-c', script);
const inspect = (reference: string, format: string): Promise<string> =>
  succeeded('image', 'inspect', '--format', format, reference);
const layers = async (reference: string): Promise<string[]> =>
  JSON.parse(await inspect(reference, '{{json .RootFS.Layers}}'));

describe.skipIf(reason !== null)(`the setup image (${reason ?? 'real engine'})`, () => {
  beforeAll(async () => {
    const built = await buildByHand(await planForTest({ noProxy: 'never.example' }), image);
    if (built.status !== 0) throw new Error(built.stdout + built.stderr);
  });
  afterAll(async () => {
    await docker('image', 'rm', image, bareBase, bare, bumped);
  });

  it('holds the CLI in the version that was asked for', async () => {
    expect(await succeeded('run', '--rm', image, 'claude', '--version')).toBe(
      `${testedCliVersion} (Claude Code)`,
    );
  });

  it('is no larger than its base, the CLI and 60 MB', async () => {
    const cli = Number(await shell(image, 'stat -c %s /usr/local/bin/claude'));
    const added =
      Number(await inspect(image, '{{.Size}}')) - Number(await inspect(testBase, '{{.Size}}')) - cli;
    expect(cli).toBeGreaterThan(100e6);
    expect(added).toBeLessThanOrEqual(60e6);
    console.info(`image: ${added} bytes besides the base and the CLI of ${cli} bytes`);
  });

  it('keeps no npm cache, no npm copy of the CLI, and adds no set-id file', async () => {
    const setIds = 'find / -xdev -type f -perm /6000 | sort';
    expect(await shell(image, setIds)).toBe(await shell(testBase, setIds));
    expect(await shell(image, 'find / -xdev -name _cacache -o -xdev -path "*claude-code-linux-*"')).toBe('');
    expect(await shell(image, 'ls -A /opt /tmp /root/.npm 2>/dev/null | grep -i npm || true')).toBe('');
  });

  it('has a bill of materials: the CLI by its hash, Node, and every package of the base', async () => {
    const { components } = JSON.parse(await shell(image, 'cat /usr/local/share/claude-setup/sbom.cdx.json'));
    const byName = new Map<string, unknown>(
      components.map((component: { readonly name: string }) => [component.name, component]),
    );
    const sum = await shell(image, 'sha256sum /usr/local/bin/claude');
    expect(byName.get('@anthropic-ai/claude-code')).toMatchObject({
      version: testedCliVersion,
      hashes: [{ alg: 'SHA-256', content: sum.split(' ')[0] }],
    });
    expect(byName.get('node')).toMatchObject({
      version: (await shell(image, 'node --version')).replace('v', ''),
    });
    const packages = (await shell(image, "dpkg-query -W -f '${Package}\\n'")).split('\n');
    expect(packages.length).toBeGreaterThan(50);
    expect(packages.filter((name) => !byName.has(name))).toEqual([]);
    // Only root may change it, as all that is not the login's.
    expect(
      await shell(image, 'stat -c "%a %U" /usr/local /usr/local/bin /usr/local/share/claude-setup/*'),
    ).toBe('755 root\n755 root\n644 root');
  });

  it('runs commands as the user node, without capabilities, in its own folders', async () => {
    const script = `id -un; id -u; umask; pwd; echo "$HOME $CLAUDE_CONFIG_DIR"
      stat -c '%a %U' "$CLAUDE_CONFIG_DIR" "$PWD"
      grep -E '^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs)' /proc/self/status | tr -d '\\t'`;
    expect((await succeeded('run', '--rm', image, 'bash', '-c', script)).split('\n')).toEqual([
      'node',
      '1000',
      '0022',
      '/workspace',
      '/home/node /home/node/.claude',
      '700 node',
      '755 node',
      ...['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => `${name}:0000000000000000`),
      'NoNewPrivs:1',
    ]);
  });

  it('trusts the extra authorities, and neither Node nor the CLI warns about them', async () => {
    const plan = await planForTest();
    const inBase = Number(
      await shell(testBase, 'grep -c BEGIN /etc/ssl/certs/ca-certificates.crt || echo 0'),
    );
    const extra = plan.settings.caFile === null ? 0 : 1;
    const inImage = Number(await shell(image, 'grep -c BEGIN "$NODE_EXTRA_CA_CERTS"'));
    expect(inImage).toBeGreaterThanOrEqual(inBase + extra);
    const { stdout, stderr } = await docker('run', '--rm', image, 'claude', 'auth', 'status');
    expect(JSON.parse(stdout)).toMatchObject({ loggedIn: false, configDirectory: '/home/node/.claude' });
    expect(stderr).toBe('');
    expect(
      (await docker('run', '--rm', image, 'node', '-e', 'require("tls").getCACertificates("extra")')).stderr,
    ).toBe('');
  });

  it('leaves no proxy in its history or its environment', async () => {
    const traces = (await succeeded('history', '--no-trunc', image)) + (await inspect(image, '{{json .}}'));
    expect(traces).not.toContain('never.example');
  });

  it('is made of the same layers when built again, and builds from the cache', async () => {
    const again = await buildByHand(await planForTest({ noProxy: 'never.example' }), image);
    expect(again.stdout.match(/Running in/g)).toBeNull();
  });

  it('changes by its last layer alone with another version of the CLI', async () => {
    const built = await buildByHand(
      await planForTest({ noProxy: 'never.example', cliVersion: '2.1.197' }),
      bumped,
    );
    expect(built.stdout + built.stderr).toContain('Successfully tagged');
    expect(await succeeded('run', '--rm', bumped, 'claude', '--version')).toBe('2.1.197 (Claude Code)');
    const [before, after] = [await layers(image), await layers(bumped)];
    expect(after.slice(0, -1)).toEqual(before.slice(0, -1));
    expect(after.at(-1)).not.toBe(before.at(-1));
  });

  it('builds on a base that has neither authorities nor a user node, but a user 1000', async () => {
    const container = await succeeded('create', '--user', '0', testBase, 'sh', '-c', bareness);
    await succeeded('start', '--attach', container);
    await succeeded('commit', '--change', 'USER other', container, bareBase);
    await succeeded('rm', container);
    const built = await buildByHand(await planForTest({ base: bareBase }), bare);
    expect(built.stdout + built.stderr).toContain('Successfully tagged');
    expect(await succeeded('run', '--rm', bare, 'bash', '-c', 'id -un; id -u; echo "$HOME"')).toBe(
      'node\n1000\n/home/node',
    );
    expect((await docker('run', '--rm', bare, 'claude', 'auth', 'status')).stderr).toBe('');
  });

  it('says why a build fails', async () => {
    const missing = await buildByHand(await planForTest({ base: 'claude-setup-test/none:none' }), bare);
    expect(missing.status).not.toBe(0);
    const lines = (missing.stdout + missing.stderr).split('\n');
    expect(diagnoseBuild(lines, null).code).toBe('image.base-missing');

    const version = await buildByHand(await planForTest({ cliVersion: '2.1.99999' }), bare);
    expect(version.status).not.toBe(0);
    expect(diagnoseBuild((version.stdout + version.stderr).split('\n'), null).code).toBe('image.cli-version');
  });
});
