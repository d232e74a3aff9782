import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { ensureCli } from '../../../src/adapters/sandbox/cli.ts';
import { sandboxEnvironment } from '../../../src/adapters/sandbox/environment.ts';
import { testedCliVersion } from '../../../src/domain/config.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { installStandIn } from '../../support/stand-in-cli/install.ts';
import { temporary } from '../../support/temporary.ts';

const never = new AbortController().signal;
const packaged = `node_modules/@anthropic-ai/claude-code-linux-${process.arch}`;

/** A host with these programs on its PATH, each a shell script, and nothing else of ours. */
const host = async (programs: Readonly<Record<string, string>> = {}) => {
  const { root, setupHome } = await temporary();
  const bin = join(root, 'bin');
  await mkdir(bin);
  for (const [name, script] of Object.entries(programs))
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const lines: string[] = [];
  const ensure = (signal: AbortSignal = never) =>
    ensureCli(
      { home: setupHome, env: { PATH: `${bin}:/usr/bin:/bin` } },
      ({ text }) => lines.push(text),
      signal,
    );
  const cached = () => readdir(join(setupHome, 'cli')).catch(() => []);
  return { root, bin, setupHome, lines, ensure, cached };
};

/** A registry's worth of npm: puts the stand-in where npm puts the platform's package. */
const npmThatInstalls = (version = testedCliVersion): string => `
  [ "$1" = install ] || exit 1
  [ "$2" = "@anthropic-ai/claude-code@${testedCliVersion}" ] || exit 1
  while [ "$1" != --prefix ]; do shift; done
  mkdir -p "$2/${packaged}"
  echo "npm http fetch GET 200 https://registry.example/@anthropic-ai/claude-code-linux-x64/-/claude-code-linux-x64-${version}.tgz 12ms (cache miss)" >&2
  printf '#!/bin/sh\\necho "${version} (Claude Code)"\\n' > "$2/${packaged}/claude"
  chmod 755 "$2/${packaged}/claude"`;

describe('the CLI of the PATH', () => {
  it('is taken as it is', async () => {
    const { bin, ensure } = await host();
    await installStandIn(bin, { STAND_IN_VERSION: '2.0.1' });
    expect(unwrap(await ensure())).toEqual({ path: join(bin, 'claude'), version: '2.0.1', source: 'path' });
  });

  it.each([
    ['fails', 'exit 1'],
    ['says something else', 'echo hello'],
  ])('is passed over when it %s', async (_, script) => {
    const { ensure } = await host({ claude: script, npm: npmThatInstalls() });
    expect(unwrap(await ensure()).source).toBe('cache');
  });

  it('is passed over when it is a folder', async () => {
    const { bin, ensure } = await host({ npm: npmThatInstalls() });
    await mkdir(join(bin, 'claude'));
    expect(unwrap(await ensure()).source).toBe('cache');
  });
});

describe('the CLI from npm', () => {
  it('is installed once, by several at once too', async () => {
    const { ensure, lines, cached, setupHome } = await host({ npm: npmThatInstalls() });
    const all = await Promise.all([ensure(), ensure(), ensure()]);
    for (const one of all) {
      expect(unwrap(one)).toEqual({
        path: join(setupHome, 'cli', testedCliVersion, packaged, 'claude'),
        version: testedCliVersion,
        source: 'cache',
      });
    }
    expect(await cached()).toEqual([testedCliVersion]);
    expect(lines).toContain(`Downloaded claude-code-linux-x64-${testedCliVersion}`);
    lines.length = 0;
    unwrap(await ensure());
    expect(lines).toEqual([]);
  });

  it('is installed again when what is there does not run', async () => {
    const { ensure, cached, setupHome } = await host({ npm: npmThatInstalls() });
    const path = unwrap(await ensure()).path;
    await writeFile(path, 'damaged');
    expect(unwrap(await ensure()).path).toBe(path);
    await writeFile(join(setupHome, 'cli', testedCliVersion, packaged, 'claude'), '');
    expect(unwrap(await ensure()).version).toBe(testedCliVersion);
    expect(await cached()).toEqual([testedCliVersion]);
  });

  it('is not taken in another version', async () => {
    const { ensure, cached } = await host({ npm: npmThatInstalls('2.1.197') });
    expect(expectFailure(await ensure(), 'cli.install-failed')).toContain('2.1.197 instead');
    expect(await cached()).toEqual([]);
  });

  it.each([
    ['npm error code ENOSPC', 'disk is full'],
    ['npm error code SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
    ['npm error code UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'NODE_EXTRA_CA_CERTS'],
    ['npm error network request failed, reason: getaddrinfo ENOTFOUND registry', 'was not reached'],
    ['npm error code ETARGET', 'does not have this version'],
    ['npm error code E401', 'refused us'],
    ['something else', 'npm ended with 7'],
  ])('fails with its cause: %s', async (said, cause) => {
    const { ensure, cached } = await host({ npm: `echo '${said}' >&2; exit 7` });
    expect(expectFailure(await ensure(), 'cli.install-failed')).toContain(cause);
    expect(await cached()).toEqual([]);
  });

  it('fails when the settings can not be written', async () => {
    const { ensure, setupHome } = await host({ npm: npmThatInstalls() });
    await writeFile(setupHome, 'no directory');
    expectFailure(await ensure(), 'cli.install-failed');
  });

  it('ends npm and what npm started when it is cancelled', async () => {
    const { root, ensure, cached } = await host({
      npm: `sleep 600 & echo "$$ $!" > "\${0%/*}/../pids.part"; mv "\${0%/*}/../pids.part" "\${0%/*}/../pids"; wait`,
    });
    const stop = new AbortController();
    const installing = ensure(stop.signal);
    await vi.waitFor(async () => expect(await readdir(root)).toContain('pids'), { timeout: 5000 });
    stop.abort();
    expectFailure(await installing, 'interrupted');
    expect(await cached()).toEqual([]);
    expectFailure(await ensure(stop.signal), 'interrupted');
  });

  it('clears away what killed installs left, and nothing that may still be at work', async () => {
    const { ensure, cached, setupHome } = await host({ npm: npmThatInstalls() });
    const [old, young] = ['.installing-old', '.installing-young'];
    for (const name of [old, young]) await mkdir(join(setupHome, 'cli', name), { recursive: true });
    const yesterday = Date.now() / 1000 - 86_400;
    await utimes(join(setupHome, 'cli', old), yesterday, yesterday);
    unwrap(await ensure());
    expect(await cached()).toEqual([young, testedCliVersion]);
  });
});

it('a host without CLI and npm is told what to do', async () => {
  const { root } = await temporary();
  const nothing = await ensureCli({ home: root, env: { PATH: join(root, 'bin') } }, () => undefined, never);
  expect(expectFailure(nothing, 'cli.missing')).toContain('no npm');
});

it("the CLI's environment names no other login, config directory or browser", () => {
  const made = sandboxEnvironment(
    {
      PATH: '/bin',
      LANG: 'C.UTF-8',
      HTTPS_PROXY: 'http://proxy.example:3128',
      NODE_EXTRA_CA_CERTS: '/ca.pem',
      HOME: '/home/somebody',
      CLAUDE_CONFIG_DIR: '/home/somebody/.claude',
      ANTHROPIC_API_KEY: 'sk-ant-api03-TEST',
      ANTHROPIC_BASE_URL: 'https://elsewhere.example',
      CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-TEST',
      AWS_SECRET_ACCESS_KEY: 'TEST',
      NODE_OPTIONS: '--require /home/somebody/spy.js',
      BROWSER: 'firefox',
      DISPLAY: ':0',
    },
    { homeDir: '/run/home', configDir: '/run/config' },
  );
  expect(made).toEqual({
    PATH: '/bin',
    LANG: 'C.UTF-8',
    HTTPS_PROXY: 'http://proxy.example:3128',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    HOME: '/run/home',
    CLAUDE_CONFIG_DIR: '/run/config',
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    DISABLE_AUTOUPDATER: '1',
    BROWSER: 'true',
  });
});
