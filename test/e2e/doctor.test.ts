import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { docker, testBase, whyNoDocker } from '../docker/docker-cli.ts';
import { loginText, stateText } from '../support/logins.ts';
import { type Temporary, temporary } from '../support/temporary.ts';
import { openTmux, type Tmux } from '../support/tmux.ts';
import { claudeSetup, configureImage, product } from './product.ts';

const why = await whyNoDocker();
const label = `claude-setup-test.doctor=${process.pid}`;
const target = '/home/node/.claude';

afterEach(async () => {
  const { stdout } = await docker('ps', '-aq', '--filter', `label=${label}`);
  const ids = stdout.split('\n').filter(Boolean);
  if (ids.length > 0) await docker('rm', '-f', ...ids);
});

/** A HOME with a captured profile `dev` in it. */
const captured = async (runtime = 'sandbox'): Promise<Temporary> => {
  const place = await temporary();
  await mkdir(place.authDir, { mode: 0o700 });
  await writeFile(join(place.authDir, '.credentials.json'), loginText('ada'), { mode: 0o600 });
  await writeFile(join(place.authDir, '.claude.json'), stateText('ada'), { mode: 0o600 });
  const added = await claudeSetup(
    ['profile', 'add', 'dev', '--dir', place.authDir, '--runtime', runtime],
    place.env,
  );
  expect(added.status).toBe(0);
  return place;
};

/** `doctor` on a real terminal, up to the guided screen. */
const guided = async (env: Readonly<Record<string, string>>): Promise<Tmux> => {
  const terminal = await openTmux({ columns: 100, rows: 30, command: [...product, 'doctor'], env });
  onTestFinished(() => terminal.close());
  await terminal.waitFor('guided screen? [Y/n]', 20_000);
  await terminal.keys('Enter');
  return terminal;
};

let made = 0;
const runContainer = async (options: readonly string[], script: string): Promise<string> => {
  made += 1;
  const name = `claude-setup-test-doctor-${process.pid}-${made}`;
  const ran = await docker(
    'run',
    '-d',
    '--name',
    name,
    '--label',
    label,
    ...options,
    testBase,
    'sh',
    '-c',
    script,
  );
  expect(ran.stderr).toBe('');
  return name;
};

const doctor = async ({ env }: Temporary, ...args: readonly string[]) => {
  const ran = await claudeSetup(['doctor', '--json', ...args], env);
  return { ...ran, report: JSON.parse(ran.stdout) };
};

describe.skipIf(why !== null)(`doctor and the real engine${why === null ? '' : ` (skipped: ${why})`}`, () => {
  it.each([
    ['with a terminal', ['-t'], "printf '\\033[31mInvalid API key\\033[0m\\n'", 'cli-api-key'],
    [
      'without',
      [],
      'echo "--dangerously-skip-permissions cannot be used with root/sudo privileges" >&2',
      'cli-root',
    ],
    ['that wrote a lot before', [], 'seq 1 5000; echo "OAuth token has expired"', 'cli-token-expired'],
  ])('names the cause in a container %s', async (_what, options, script, id) => {
    const place = await captured();
    const name = await runContainer(options, script);
    await docker('wait', name);
    const { status, report } = await doctor(place, '--container', name);
    expect(report.container).toMatchObject({ container: name, errors: [{ id }] });
    expect(status).toBe(1);
  });

  it('says that it does not know an ordinary output, and that there is no such container', async () => {
    const place = await captured();
    const name = await runContainer([], 'echo listening');
    await docker('wait', name);
    expect((await doctor(place, '--container', name)).report.container).toMatchObject({
      errors: [],
      mounts: [],
    });
    const missing = await doctor(place, '--container', `${name}-not`);
    expect(missing.status).toBe(1);
    expect(missing.report.error.code).toBe('container.missing');
  });

  it('sees what running containers mount wrongly, and no value of their variables', async () => {
    const place = await captured();
    const { authDir } = place;
    const config = ['-e', `CLAUDE_CONFIG_DIR=${target}`];
    const single = await runContainer(
      [
        '-v',
        `${authDir}/.credentials.json:${target}/.credentials.json`,
        '-e',
        'ANTHROPIC_API_KEY=sk-ant-api03-CANARY',
      ],
      'sleep 300',
    );
    const readOnly = await runContainer(['-v', `${authDir}:${target}:ro`, ...config], 'sleep 300');
    const fine = await runContainer(['-v', `${authDir}:${target}`, ...config], 'sleep 300');
    const { report, stdout } = await doctor(place);
    const idOf = (name: string) =>
      report.mounts.find(
        ({ service, running }: { service: string; running: boolean }) => running && service === name,
      )?.id;
    expect([idOf(single), idOf(readOnly), idOf(fine)]).toEqual([
      'mount.single-file',
      'mount.read-only-login',
      'mount.ok',
    ]);
    expect(stdout).not.toContain('CANARY');
    const asked = await doctor(place, '--container', readOnly);
    expect(asked.report.container.mounts).toMatchObject([{ id: 'mount.read-only-login', status: 'fail' }]);
  });

  it('compares a compose file with the profile, and the clocks', async () => {
    const place = await captured();
    const file = join(place.home, 'compose.yaml');
    await writeFile(file, `services:\n  bot:\n    volumes: ["./nowhere:${target}"]\n`);
    const { report, status } = await doctor(place, '--compose', file);
    expect(status).toBe(1);
    expect(report.mounts).toContainEqual(
      expect.objectContaining({ id: 'mount.missing-source', service: 'bot', running: false }),
    );
    expect(report.findings).toContainEqual(expect.objectContaining({ id: 'clock', status: 'pass' }));
  });

  it('opens the guided screen on a terminal, where a fix on two keys mends the directory', async () => {
    const place = await captured();
    await chmod(place.authDir, 0o755);
    const terminal = await guided(place.env);
    await terminal.waitFor('Others can read or change the directory', 20_000);
    await terminal.keys('Enter');
    await terminal.waitFor('this will be done');
    await terminal.keys('Enter');
    await terminal.waitFor('Mended', 20_000);
    expect((await stat(place.authDir)).mode & 0o777).toBe(0o700);
    await terminal.keys('q');
    await terminal.ended();
  });

  it.each(['missing', 'silent'])('sees that an engine that was %s is there now', async (kind) => {
    const place = await captured('docker');
    const socket = join(place.root, 'engine.sock');
    const hanging = kind === 'silent' ? createServer((connection) => connection.resume()) : null;
    await new Promise<void>((resolve) => (hanging ? hanging.listen(socket, resolve) : resolve()));
    const terminal = await guided({ ...place.env, DOCKER_HOST: `unix://${socket}` });
    await terminal.waitFor(
      kind === 'silent' ? 'Docker does not answer' : 'No Docker engine is found',
      20_000,
    );
    hanging?.close();
    await rm(socket, { force: true });
    await symlink('/var/run/docker.sock', socket);
    await terminal.keys('r');
    // The image of these settings was never built, which could not be seen before.
    await terminal.waitFor('The setup image is not there', 20_000);
    await terminal.keys('q');
    await terminal.ended();
  });

  it('builds the image that is missing', async () => {
    const place = await captured('docker');
    const before = (await docker('image', 'inspect', '-f', '{{.Id}}', 'claude-setup:latest')).stdout.trim();
    // The base's name is part of the image's, so that this one was never built; its steps are cached.
    const base = `claude-setup-test/doctor-base:${process.pid}`;
    expect((await docker('tag', testBase, base)).status).toBe(0);
    onTestFinished(async () => void (await docker('rmi', base)));
    const caFile = process.env.NODE_EXTRA_CA_CERTS || null;
    await configureImage(place.setupHome, { base, caFile });
    const terminal = await guided(place.env);
    await terminal.waitFor('The setup image is not there', 20_000);
    await terminal.keys('Enter');
    await terminal.waitFor('this will be done');
    await terminal.keys('Enter');
    // From the cache it can be done before a step is seen.
    await terminal.waitFor(/Step \d+ of \d+|Mended/, 60_000);
    const [, reference = ''] =
      /Mended\. (claude-setup:\w+) was built/.exec(await terminal.waitFor('Mended', 280_000)) ?? [];
    expect((await doctor(place)).report.findings).toContainEqual(
      expect.objectContaining({ id: 'image', status: 'pass' }),
    );
    await terminal.keys('q');
    await terminal.ended();
    if (before) await docker('tag', before, 'claude-setup:latest');
    expect((await docker('rmi', reference, ...(before ? [] : ['claude-setup:latest']))).status).toBe(0);
  });
});

describe('the debug log of the product', () => {
  it('is written with --debug and with CLAUDE_SETUP_DEBUG, for its owner alone, and not else', async () => {
    const place = await captured();
    const file = join(place.setupHome, 'logs', 'debug.log');
    expect((await claudeSetup(['check'], place.env)).status).toBe(0);
    await expect(stat(file)).rejects.toThrow('ENOENT');
    await claudeSetup(['check', '--debug'], place.env);
    const first = await readFile(file, 'utf8');
    expect(first).toContain('"event":"command","command":"check"');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await claudeSetup(['profile', 'list'], { ...place.env, CLAUDE_SETUP_DEBUG: '1' });
    const both = await readFile(file, 'utf8');
    expect(both.slice(first.length)).toContain('"command":"profile list"');
    expect(both).not.toContain('TEST-ada');
    const bundle = join(place.home, 'bundle.json');
    expect((await claudeSetup(['support', '--output', bundle, '--yes'], place.env)).status).toBe(0);
    const text = await readFile(bundle, 'utf8');
    expect(JSON.parse(text).log.length).toBeGreaterThan(3);
    expect(text).not.toContain('TEST-ada');
    expect(text).not.toContain('ada@example.com');
  });
});
