import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/host/clock.ts';
import { createPorts } from '../../src/compose.ts';
import { loginText, stateText } from '../support/logins.ts';
import { memoryKeyring } from '../support/memory-keyring.ts';
import { temporary } from '../support/temporary.ts';
import { runCli } from './run-cli.ts';

it('a copy of a sealed directory is sealed, and opens when the first one and its profile are gone', async () => {
  const { env, home } = await temporary();
  const keyring = memoryKeyring();
  /** Each as a process of its own would: nothing that was opened before is remembered. */
  const run = async (...argv: readonly string[]) => {
    const { status, stdout, stderr } = await runCli(
      createPorts({ env, platform: 'linux', clock: systemClock, keyring }),
      argv,
    );
    expect(status, stdout + stderr).toBe(0);
    return stdout;
  };
  const first = join(home, '.claude-auth-first');
  await mkdir(first, { mode: 0o700 });
  await writeFile(join(first, '.credentials.json'), loginText('first'), { mode: 0o600 });
  await writeFile(join(first, '.claude.json'), stateText('first'), { mode: 0o600 });

  await run('profile', 'import', first, '--runtime', 'sandbox');
  await run('profile', 'seal', 'first', '--key', 'keyring');
  const imported = await run('profile', 'import', first, '--copy', '--name', 'copy', '--runtime', 'sandbox');
  expect(imported).toContain('first holds the same login');
  expect(await readdir(join(home, '.claude-auth-copy'))).toEqual(['login.age']);
  await run('profile', 'remove', 'first', '--purge', '--yes');
  expect(JSON.parse(await run('check', 'copy', '--json'))).toMatchObject({
    account: { email: 'first@example.com' },
  });
});
