import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureCli } from '../../src/adapters/sandbox/cli.ts';
import { testedCliVersion } from '../../src/domain/config.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { temporary } from '../support/temporary.ts';

const never = new AbortController().signal;

/** This machine's own way to the registry, with a private HOME. */
const networked = (env: Readonly<Record<string, string>>) => ({
  ...env,
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) =>
      /^(?:npm_config_|NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy)/i.test(name),
    ),
  ),
});

describe('the CLI on this host', () => {
  it('is installed from npm once, and found in the cache after that', async () => {
    const { setupHome, env } = await temporary();
    const lines: string[] = [];
    const installed = unwrap(
      await ensureCli({ home: setupHome, env: networked(env) }, ({ text }) => lines.push(text), never),
    );
    expect(installed).toMatchObject({ version: testedCliVersion, source: 'cache' });
    expect((await stat(installed.path)).mode & 0o111).not.toBe(0);
    expect(lines.join('\n')).toContain(testedCliVersion);
    const again = unwrap(
      await ensureCli(
        { home: setupHome, env },
        () => {
          throw new Error('nothing is to be done');
        },
        never,
      ),
    );
    expect(again).toEqual(installed);
    expect(await readdir(join(setupHome, 'cli'))).toEqual([testedCliVersion]);
  }, 300_000);

  it('a cancelled install leaves nothing', async () => {
    const { setupHome, env } = await temporary();
    const abort = new AbortController();
    const installing = ensureCli(
      { home: setupHome, env: networked(env) },
      () => setImmediate(() => abort.abort()),
      abort.signal,
    );
    expectFailure(await installing, 'interrupted');
    expect(await readdir(join(setupHome, 'cli'))).toEqual([]);
  }, 60_000);

  it('a registry that can not be reached is named as the cause', async () => {
    const { setupHome, env } = await temporary();
    const unreachable = { ...env, npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };
    const line = expectFailure(
      await ensureCli({ home: setupHome, env: unreachable }, () => undefined, never),
      'cli.install-failed',
    );
    expect(line).toContain('registry was not reached');
    expect(await readdir(join(setupHome, 'cli'))).toEqual([]);
  }, 60_000);
});
