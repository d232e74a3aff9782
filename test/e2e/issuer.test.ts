import { execFile, spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { testAccount } from '../support/issuer/ledger.ts';
import { issuerInNamespace, whyNoNamespace } from '../support/issuer/places.ts';
import { realCliFolder } from '../support/real-cli.ts';
import { makeTemporary, type Temporary } from '../support/temporary.ts';

const reason = await whyNoNamespace();

// The harness itself, proved with the real CLI: what other tests rely on must be as the CLI finds the provider.
describe.skipIf(reason !== null)(`the stand-in issuer and the real CLI (${reason ?? 'own network'})`, () => {
  let place: Awaited<ReturnType<typeof issuerInNamespace>>;
  let world: Temporary;
  let cli: string;
  let configDir: string;

  beforeAll(async () => {
    cli = join(await realCliFolder(), 'claude');
    place = await issuerInNamespace();
    world = await makeTemporary();
    configDir = join(world.home, '.claude');
  });
  afterAll(async () => {
    await place?.close();
    await world?.remove();
  });
  vi.setConfig({ testTimeout: 30_000 });
  beforeEach(() => place.issuer.behave({ answer: 'normal', delayMs: 0 }));

  const inside = (...args: readonly string[]): [string, string[], { env: NodeJS.ProcessEnv }] => {
    const [program = '', ...before] = place.inside;
    return [
      program,
      [...before, cli, ...args],
      { env: { ...world.env, NODE_EXTRA_CA_CERTS: place.caFile, TERM: 'dumb' } },
    ];
  };

  /** What `claude auth status` prints, as an object, and its exit status. */
  const status = (): Promise<{ readonly exit: number; readonly said: Readonly<Record<string, unknown>> }> =>
    new Promise((resolve) => {
      execFile(...inside('auth', 'status'), (error, stdout) =>
        resolve({
          exit: error === null ? 0 : typeof error.code === 'number' ? error.code : -1,
          said: JSON.parse(stdout),
        }),
      );
    });

  const signIn = (answer: (link: string) => Promise<string>): Promise<{ exit: number; output: string }> =>
    new Promise((resolve, reject) => {
      const child = spawn(...inside('auth', 'login'));
      let output = '';
      let asked = false;
      const hear = (text: string): void => {
        output += text;
        if (asked || !output.includes('Paste code here')) return;
        const link = /https:\/\/claude\.\w+\/\S+/.exec(output)?.[0];
        if (link === undefined) return;
        asked = true;
        answer(link).then((code) => child.stdin.write(`${code}\n`), reject);
      };
      child.stdout.setEncoding('utf8').on('data', hear);
      child.stderr.setEncoding('utf8').on('data', hear);
      child.once('close', (exit) => resolve({ exit: exit ?? -1, output }));
    });

  const credentials = async () => {
    const { claudeAiOauth } = JSON.parse(await readFile(join(configDir, '.credentials.json'), 'utf8'));
    return claudeAiOauth;
  };
  const age = async (): Promise<void> => {
    const aged = { claudeAiOauth: { ...(await credentials()), expiresAt: Date.now() - 60_000 } };
    await writeFile(join(configDir, '.credentials.json'), JSON.stringify(aged));
  };

  const refreshes = async (): Promise<number> =>
    (await place.issuer.calls()).filter(({ grant }) => grant === 'refresh_token').length;

  /** Has the CLI ask for new tokens. About one `auth status` in ten ends without having asked (seen with 2.1.330). */
  const refresh = async (): Promise<void> => {
    const before = await refreshes();
    for (let attempt = 0; attempt < 12 && (await refreshes()) === before; attempt += 1) await status();
    expect(await refreshes()).toBeGreaterThan(before);
  };

  it('refuses a code nobody gave', async () => {
    const { exit, output } = await signIn(async () => 'MADEUP#MADEUP');
    expect(exit).toBe(1);
    expect(output).toMatch(/couldn't log in|login failed/i);
    expect((await status()).said).toMatchObject({ loggedIn: false });
  });

  it('signs in with the code of the authorised link', async () => {
    const { exit, output } = await signIn((link) => place.issuer.authorize(link));
    expect(output).toContain('Login successful.');
    expect(exit).toBe(0);
    expect(await status()).toMatchObject({
      exit: 0,
      said: { loggedIn: true, email: testAccount.email, orgName: testAccount.organization },
    });
    expect(await credentials()).toMatchObject({ subscriptionType: testAccount.plan });
  });

  it('refreshes an expired token once, and takes the spent one as theft', async () => {
    const before = await credentials();
    await age();
    await refresh();
    const after = await credentials();
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect(await place.issuer.accepts(after.accessToken)).toBe(true);

    // A second holder comes with the token that is spent: everybody is out, and the CLI blanks the file.
    await writeFile(
      join(configDir, '.credentials.json'),
      JSON.stringify({ claudeAiOauth: { ...before, expiresAt: Date.now() - 60_000 } }),
    );
    await refresh();
    expect(await credentials()).toMatchObject({ accessToken: '', refreshToken: '', expiresAt: 0 });
    expect(await status()).toMatchObject({ exit: 1, said: { loggedIn: false } });
    expect(await place.issuer.accepts(after.accessToken)).toBe(false);
  });

  it('keeps the login of a CLI that finds no answer, and blanks that of one that is refused', async () => {
    await signIn((link) => place.issuer.authorize(link));
    const before = await credentials();
    await place.issuer.behave({ answer: 'down' });
    await age();
    await status();
    expect(await credentials()).toMatchObject({ refreshToken: before.refreshToken });
    // A CLI that ended in the middle can leave its lock behind, and the next one respects that for a while.
    await rm(join(configDir, '.oauth_refresh.lock'), { recursive: true, force: true });
    await place.issuer.behave({ answer: 'refuse' });
    await refresh();
    expect(await credentials()).toMatchObject({ accessToken: '', refreshToken: '' });
  });
});
