import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createAuthStore } from '../../src/adapters/store/auth-store.ts';
import { tarBytes } from '../support/config-tar.ts';
import { loginText, stateText } from '../support/logins.ts';
import { unwrap } from '../support/results.ts';
import { temporary } from '../support/temporary.ts';
import { createFakeWorld, startOfTest } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

/** A profile that was captured three times: `first`, `second`, `third`, an hour apart. */
const capturedThrice = async () => {
  const { authDir } = await temporary();
  const world = createFakeWorld();
  world.addProfile('dev', { authDir, signedIn: false });
  let now = startOfTest;
  const uid = process.getuid?.() ?? null;
  const store = createAuthStore({ uid, now: () => now });
  await mkdir(authDir, { mode: 0o700 });
  await writeFile(join(authDir, '.credentials.json'), loginText('first'), { mode: 0o600 });
  await writeFile(join(authDir, '.claude.json'), stateText('first'), { mode: 0o600 });
  for (const name of ['second', 'third']) {
    now += 3_600_000;
    const tar = await tarBytes({ '.credentials.json': loginText(name), '.claude.json': stateText(name) });
    const options = { leaveOut: [], signal: new AbortController().signal };
    unwrap(await store.commit(unwrap(await store.stage(authDir, Readable.from([tar]), options))));
  }
  now += 3_600_000;
  const ports = { ...world.ports, store, host: { ...world.ports.host, uid } };
  const login = () => readFile(join(authDir, '.credentials.json'), 'utf8');
  return { ports, login, authDir };
};

describe('rollback', () => {
  it('puts the newest snapshot back, says so, and can be undone the same way', async () => {
    const { ports, login, authDir } = await capturedThrice();
    const run = await runCli(ports, ['rollback', 'dev']);
    expect(run.status).toBe(0);
    expect(run.stdout).toContain(`${authDir} is as it was at`);
    expect(await login()).toBe(loginText('second'));
    expect((await runCli(ports, ['rollback', 'dev'])).status).toBe(0);
    expect(await login()).toBe(loginText('third'));
  });

  it('lists the snapshots, newest first, and takes one by its id', async () => {
    const { ports, login } = await capturedThrice();
    const listed = JSON.parse((await runCli(ports, ['rollback', 'dev', '--list', '--json'])).stdout);
    expect(listed).toEqual([
      { id: '2026-11-24T12-00-00.000Z', takenAt: '2026-11-24T12:00:00.000Z' },
      { id: '2026-11-24T11-00-00.000Z', takenAt: '2026-11-24T11:00:00.000Z' },
    ]);
    expect(await login()).toBe(loginText('third'));
    const run = await runCli(ports, ['rollback', 'dev', '--to', listed[1].id, '--json']);
    expect(JSON.parse(run.stdout).snapshot).toEqual(listed[1]);
    expect(await login()).toBe(loginText('first'));
  });

  it('says when there is no such snapshot, or none, and changes nothing', async () => {
    const { ports, login } = await capturedThrice();
    const unknown = await runCli(ports, ['rollback', 'dev', '--to', '../../etc']);
    expect(unknown).toMatchObject({ status: 1, stderr: expect.stringContaining('2026-11-24T12-00-00.000Z') });
    expect(await login()).toBe(loginText('third'));
    const world = createFakeWorld();
    world.addProfile('dev');
    expect((await runCli(world.ports, ['rollback', 'dev', '--list'])).stdout).toContain('no snapshot');
    expect((await runCli(world.ports, ['rollback', 'dev'])).status).toBe(1);
    expect((await runCli(world.ports, ['rollback'])).status).toBe(2);
  });

  it('leaves a profile alone that another process holds', async () => {
    const { ports, login } = await capturedThrice();
    const locked = { code: 'locked', what: 'dev is busy', why: 'pid 7 holds it', fix: 'wait' } as const;
    const run = await runCli({ ...ports, locks: { acquire: async () => ({ ok: false, failure: locked }) } }, [
      'rollback',
      'dev',
    ]);
    expect(run.status).toBe(4);
    expect(await login()).toBe(loginText('third'));
  });
});
