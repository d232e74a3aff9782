import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryHomes } from '../../src/adapters/sandbox/memory-place.ts';
import { createSealedStore } from '../../src/adapters/store/seal/sealed-store.ts';
import { testAccount } from '../support/issuer/ledger.ts';
import { issuerInNamespace, whyNoNamespace } from '../support/issuer/places.ts';
import { memoryKeyring } from '../support/memory-keyring.ts';
import { realCliFolder } from '../support/real-cli.ts';
import { unwrap } from '../support/results.ts';
import { makeTemporary, type Temporary } from '../support/temporary.ts';
import { outputOf, product } from './product.ts';

const reason = await whyNoNamespace();
const kills = Number(process.env.CLAUDE_SETUP_TEST_KILLS || 4);

describe.skipIf(reason !== null)(reason ?? 'a sealed profile with the real CLI, in the sandbox', () => {
  let place: Awaited<ReturnType<typeof issuerInNamespace>>;
  let temporary: Temporary;
  let env: Record<string, string>;

  beforeAll(async () => {
    [place, temporary] = await Promise.all([issuerInNamespace(), makeTemporary()]);
    const cli = await realCliFolder();
    const passphraseFile = join(temporary.root, 'passphrase');
    await writeFile(passphraseFile, 'correct horse\n', { mode: 0o600 });
    env = {
      ...temporary.env,
      PATH: `${cli}:${temporary.env.PATH}`,
      NODE_EXTRA_CA_CERTS: place.caFile,
      CLAUDE_SETUP_PASSPHRASE_FILE: passphraseFile,
    };
  });
  afterAll(async () => {
    await place?.close();
    await temporary?.remove();
  });

  const command = (...args: readonly string[]): readonly [string, readonly string[]] => {
    const [program = '', ...rest] = [...place.inside, ...product, ...args];
    return [program, rest];
  };
  const run = (...args: readonly string[]) => outputOf([...place.inside, ...product, ...args], env);
  /** Files on the disk with a token of the issuer's in plain. */
  const plainFiles = async (): Promise<readonly string[]> => {
    const entries = await readdir(temporary.root, { recursive: true, withFileTypes: true });
    const found: string[] = [];
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      // Some go while we look.
      const content = await readFile(path, 'latin1').catch(() => '');
      if (/sk-ant-o[ar]t01-/.test(content)) found.push(path);
    }
    return found;
  };
  const stored = async () => {
    const { store } = createSealedStore({
      uid: process.getuid?.() ?? null,
      keyring: memoryKeyring(),
      passphraseFile: env.CLAUDE_SETUP_PASSPHRASE_FILE ?? null,
    });
    return unwrap(await store.readLogin(temporary.authDir)).login.claudeAiOauth;
  };
  const leftInMemory = async (): Promise<readonly string[]> => {
    const homes = memoryHomes(temporary.setupHome, env);
    const lists = homes.map((home) => readdir(join(home, 'refreshes')).catch(() => []));
    return (await Promise.all(lists)).flat();
  };

  it('refreshes, checks and lends, also when it is killed at any moment, and nothing is in plain on the disk', async () => {
    const { authDir } = temporary;
    await mkdir(authDir, { mode: 0o700 });
    await writeFile(join(authDir, '.credentials.json'), await place.issuer.signIn(), { mode: 0o600 });
    const account = { accountUuid: testAccount.uuid, emailAddress: testAccount.email };
    const state = JSON.stringify({ oauthAccount: account, hasCompletedOnboarding: true });
    await writeFile(join(authDir, '.claude.json'), state, { mode: 0o600 });
    expect(await plainFiles()).toHaveLength(1);
    expect(await run('profile', 'import', authDir, '--name', 'prod', '--runtime', 'sandbox')).toMatchObject({
      status: 0,
    });
    expect(await run('profile', 'seal', 'prod')).toMatchObject({ status: 0, stderr: '' });
    expect(await plainFiles()).toEqual([]);

    const before = await stored();
    expect(await run('refresh', 'prod', '--force')).toMatchObject({ status: 0 });
    const after = await stored();
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect(await place.issuer.accepts(after.accessToken)).toBe(true);
    expect(await plainFiles()).toEqual([]);

    const live = await run('check', 'prod', '--live', '--json');
    expect(JSON.parse(live.stdout)).toMatchObject({ status: 'pass' });
    const lent = await run('run', 'prod', '--', 'claude', 'auth', 'status');
    expect(lent, lent.stderr).toMatchObject({ status: 0 });
    expect(lent.stdout).toContain('"loggedIn": true');
    expect(await plainFiles()).toEqual([]);

    for (let kill = 0; kill < kills; kill += 1) {
      const [program, rest] = command('refresh', 'prod', '--force');
      const child = spawn(program, rest, { env, stdio: 'ignore' });
      const gone = once(child, 'exit');
      await Promise.race([gone, delay(Math.random() * 5000)]);
      child.kill('SIGKILL');
      await gone;
      expect(await plainFiles(), `kill ${kill}`).toEqual([]);
      expect(await run('refresh', 'prod', '--json'), `kill ${kill}`).toMatchObject({ status: 0 });
      expect(await place.issuer.accepts((await stored()).accessToken), `kill ${kill}`).toBe(true);
      expect(await leftInMemory()).toEqual([]);
    }
    expect(await plainFiles()).toEqual([]);
    expect(await readdir(authDir)).toEqual(['login.age']);
  });
});
