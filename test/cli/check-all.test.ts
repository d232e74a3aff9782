import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createPorts } from '../../src/compose.ts';
import type { CheckReport } from '../../src/domain/checks/report.ts';
import { ok } from '../../src/domain/failure.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { loginText, stateText } from '../support/logins.ts';
import { unwrap } from '../support/results.ts';
import { temporary } from '../support/temporary.ts';
import { runCli } from './run-cli.ts';

const count = 1000;

/** Every third is fine, the next is blanked, the one after it is not there. */
const kinds = ['pass', 'fail', 'fail'] as const;

const thousand = async () => {
  const { home, env } = await temporary();
  const made = createPorts({ env, platform: 'linux' });
  const profiles = Array.from({ length: count }, (_, place) => ({
    name: `p${place}`,
    authDir: join(home, 'auth', `p${place}`),
    runtime: 'docker' as const,
    leaveOut: null,
  }));
  for (const [place, { name, authDir }] of profiles.entries()) {
    if (place % 3 === 2) continue;
    mkdirSync(authDir, { recursive: true, mode: 0o700 });
    const login = place % 3 === 0 ? loginText(name) : loginText(name).replaceAll(/sk-ant-[^"]+/g, '');
    writeFileSync(join(authDir, '.credentials.json'), login, { mode: 0o600 });
    writeFileSync(join(authDir, '.claude.json'), stateText(name), { mode: 0o600 });
  }
  unwrap(await made.settings.update((config) => ok({ ...config, profiles })));
  const seen = { atOnce: 0, most: 0, locks: 0 };
  const ports: Ports = {
    ...made,
    store: {
      ...made.store,
      gather: async (authDir) => {
        seen.atOnce += 1;
        seen.most = Math.max(seen.most, seen.atOnce);
        const facts = await made.store.gather(authDir);
        seen.atOnce -= 1;
        return facts;
      },
    },
    locks: {
      acquire: async (...call) => {
        seen.locks += 1;
        return made.locks.acquire(...call);
      },
    },
  };
  return { ports, seen, profiles };
};

it(`checks ${count} profiles, in their order, a few at a time`, { timeout: 60_000 }, async () => {
  const { ports, seen, profiles } = await thousand();
  const run = await runCli(ports, ['check', '--all', '--json']);
  const reports = JSON.parse(run.stdout) as readonly CheckReport[];
  expect(run.status).toBe(1);
  expect(reports.map(({ profile }) => profile)).toEqual(profiles.map(({ name }) => name));
  for (const [place, { status, account }] of reports.entries()) {
    expect(status).toBe(kinds[place % 3]);
    if (place % 3 === 0) expect(account.email).toBe(`p${place}@example.com`);
  }
  expect(seen.most).toBeGreaterThan(1);
  expect(seen.most).toBeLessThanOrEqual(16);
  // Nothing was left half done, so nothing is locked.
  expect(seen.locks).toBe(0);
});

it(`lists ${count} profiles, a few at a time`, { timeout: 60_000 }, async () => {
  const { ports, seen } = await thousand();
  const run = await runCli(ports, ['profile', 'list', '--json']);
  expect((JSON.parse(run.stdout) as readonly unknown[]).length).toBe(count);
  expect(seen.most).toBeLessThanOrEqual(16);
});
