import { execFile, spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { temporary } from '../../../support/temporary.ts';

const run = promisify(execFile);
const session = fileURLToPath(new URL('keyring-session.ts', import.meta.url));
const tools = ['dbus-run-session', 'gnome-keyring-daemon'];
const missing = tools.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
const why = missing.length === 0 ? '' : ` (skipped: ${missing.join(' and ')} not installed)`;

/** An environment that leads to no keyring of anybody's. */
const ownEnv = async () => {
  const { root, env } = await temporary();
  const runtime = join(root, 'run');
  await mkdir(runtime, { mode: 0o700 });
  return { ...env, XDG_RUNTIME_DIR: runtime };
};

it.skipIf(missing.length > 0)(`the Secret Service keeps identities by directory${why}`, async () => {
  const script = `printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec '${process.execPath}' '${session}'`;
  const { stdout } = await run('dbus-run-session', ['--', 'sh', '-c', script], { env: await ownEnv() });
  const secret = 'AGE-SECRET-KEY-1TEST\nAGE-SECRET-KEY-1OLD';
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual([
    null,
    null,
    secret,
    [secret],
    null,
    null,
  ]);
});

it.skipIf(process.platform !== 'linux')(
  'without a Secret Service there is no keyring, the kernel one least of all',
  async () => {
    const env = { ...(await ownEnv()), DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' };
    const { stdout } = await run(process.execPath, [session], { env });
    const [get, set, again, all, remove] = JSON.parse(stdout);
    expect([get, set, again, remove]).toEqual(['missing', 'missing', 'missing', 'missing']);
    expect(['missing', []]).toContainEqual(all);
  },
);
