import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAuthStore } from '../../src/adapters/store/auth-store.ts';
import type { CheckReport } from '../../src/domain/checks/report.ts';
import { loginText, stateText } from '../support/logins.ts';
import { temporary } from '../support/temporary.ts';
import { createFakeWorld } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

/** Two profiles on real directories: `dev` is signed in, `staging` is empty. */
const twoProfiles = async () => {
  const { home } = await temporary();
  const world = createFakeWorld();
  world.addImage();
  const uid = process.getuid?.() ?? null;
  const dirs = { dev: join(home, 'dev'), staging: join(home, 'staging') };
  for (const [name, authDir] of Object.entries(dirs)) {
    await mkdir(authDir, { mode: 0o700 });
    world.addProfile(name, { authDir, signedIn: false });
  }
  const credentials = join(dirs.dev, '.credentials.json');
  await writeFile(credentials, loginText('a'), { mode: 0o600 });
  await writeFile(join(dirs.dev, '.claude.json'), stateText('a'), { mode: 0o600 });
  const ports = { ...world.ports, store: createAuthStore({ uid }), host: { ...world.ports.host, uid } };
  const json = async (...argv: string[]) => {
    const { status, stdout } = await runCli(ports, ['check', ...argv, '--json']);
    return { status, said: JSON.parse(stdout) as unknown };
  };
  return { ports, dirs, world, credentials, json };
};

describe('check', () => {
  it('prints one object for a profile, and ends with 0 when it is well', async () => {
    const { json, dirs } = await twoProfiles();
    const { status, said } = await json('dev');
    expect(status).toBe(0);
    expect(said).toMatchObject({
      profile: 'dev',
      authDir: dirs.dev,
      status: 'pass',
      account: { email: 'a@example.com', organization: 'a', plan: 'max' },
      token: {
        expiresAt: '2030-01-01T00:00:00.000Z',
        loginExpiresAt: null,
        refreshable: true,
        scopes: ['user:inference', 'user:profile'],
      },
    });
    expect(JSON.stringify(said)).not.toContain('TEST');
  });

  it('ends with 1 when a check fails, for people too', async () => {
    const { ports, json } = await twoProfiles();
    expect((await json('staging')).status).toBe(1);
    const run = await runCli(ports, ['check', 'staging']);
    expect(run).toMatchObject({ status: 1, stderr: '' });
    expect(run.stdout).toContain('Fix: claude-setup login staging');
  });

  it('prints a list for all profiles, with one in it too', async () => {
    const { json, world } = await twoProfiles();
    const all = await json('--all');
    expect(all.status).toBe(1);
    expect((all.said as CheckReport[]).map(({ profile, status }) => [profile, status])).toEqual([
      ['dev', 'pass'],
      ['staging', 'fail'],
    ]);
    expect(world.runtime.calls).toHaveLength(0);
  });

  it('sums up all profiles for people, and says which share an account', async () => {
    const { ports, dirs } = await twoProfiles();
    await writeFile(join(dirs.staging, '.credentials.json'), loginText('b'), { mode: 0o600 });
    await writeFile(join(dirs.staging, '.claude.json'), stateText('a'), { mode: 0o600 });
    const { stdout } = await runCli(ports, ['check', '--all']);
    expect(stdout).toMatch(
      /\nNote: dev, staging are signed in to the same account .*\n2 profiles: 2 fine\n$/,
    );
  });

  it('looks at any directory, whose fix is to make a profile of it', async () => {
    const { json, dirs } = await twoProfiles();
    expect((await json('--dir', dirs.dev)).said).toMatchObject({ profile: null, status: 'pass' });
    const { status, said } = await json('--dir', join(dirs.dev, "it's not there"));
    expect(status).toBe(1);
    const { findings } = said as CheckReport;
    expect(findings[0]?.fix).toBe(
      `claude-setup profile add NAME --dir '${dirs.dev}/it'\\''s not there' && claude-setup login NAME`,
    );
  });

  it('asks the real CLI on a lease, never with the refresh token, and leaves the login as it is', async () => {
    const { json, world, credentials } = await twoProfiles();
    const { status, said } = await json('dev', '--live');
    expect(status).toBe(0);
    expect((said as CheckReport).findings.at(-1)).toMatchObject({ id: 'cli.accepts', status: 'pass' });
    const [call] = world.runtime.calls;
    expect(call?.args).toEqual(['auth', 'status']);
    expect([...(call?.lease.files.values() ?? [])].join()).not.toContain('sk-ant-ort01');
    expect(await readFile(credentials, 'utf8')).toBe(loginText('a'));
  });

  it('fails when the real CLI says no, whatever the files look like', async () => {
    const { json, world } = await twoProfiles();
    world.runtime.answer(() => ({
      ok: true,
      value: { exitCode: 1, stdout: '{"loggedIn":false,"authMethod":"none"}', stderr: '' },
    }));
    const { status, said } = await json('dev', '--live');
    expect([status, (said as CheckReport).status]).toEqual([1, 'fail']);
  });

  it.each([[['dev', '--all']], [['--all', '--dir', '/x']], [['--dir', '/x', '--live']]])(
    '%j is a mistake in the call',
    async (argv) => {
      const { ports } = await twoProfiles();
      expect((await runCli(ports, ['check', ...argv])).status).toBe(2);
    },
  );

  it('ends with 3 when there is no such profile', async () => {
    const { ports } = await twoProfiles();
    expect((await runCli(ports, ['check', 'nobody'])).status).toBe(3);
  });
});
