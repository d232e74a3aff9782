import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createAuthStore } from '../../../src/adapters/store/auth-store.ts';
import { createLoginMarks } from '../../../src/adapters/store/login-marks.ts';
import { checkIds } from '../../../src/domain/checks/report.ts';
import { checkDirectory } from '../../../src/usecases/check.ts';
import { directoryCases } from '../../fixtures/auth-directories/cases.ts';
import { temporary } from '../../support/temporary.ts';

const uid = process.getuid?.() ?? null;

const check = (authDir: string, env: Readonly<Record<string, string>> = {}) =>
  checkDirectory(
    {
      store: createAuthStore({ uid }),
      loginMarks: createLoginMarks({ home: '/nowhere' }),
      clock: { now: () => Date.now(), wait: async () => undefined },
      host: {
        env,
        homeDir: '/',
        platform: 'linux',
        uid,
        program: [],
        openBrowser: async () => {
          throw new Error('no');
        },
        copy: async () => {
          throw new Error('no');
        },
      },
    },
    { authDir, profile: 'dev', live: null },
  );

it('has at least 60 cases', () => {
  expect(directoryCases.length).toBeGreaterThanOrEqual(60);
});

it.each(directoryCases.filter(({ needs }) => needs !== 'root' || uid === 0))(
  '$name',
  async ({ make, status, findings, says }) => {
    const { authDir } = await temporary();
    mkdirSync(authDir, { mode: 0o700 });
    chmodSync(authDir, 0o700);
    make(authDir);
    const report = await check(authDir);
    expect(report.findings.map(({ id }) => id)).toEqual(checkIds);
    const statuses = Object.fromEntries(report.findings.map((finding) => [finding.id, finding.status]));
    expect(statuses).toMatchObject(findings);
    expect(report.status).toBe(status);
    const told = report.findings.find(
      ({ id, status: found }) => id in findings && (found === 'fail' || found === 'warn'),
    );
    if (says) expect(`${told?.summary} ${told?.fix}`).toMatch(says);
    for (const finding of report.findings) {
      expect(finding.summary).toMatch(/^[^\p{C}]+$/u);
      if (finding.status === 'pass' || finding.status === 'skip') expect(finding.fix).toBe('');
      else expect(finding.fix).not.toBe('');
    }
    expect(JSON.stringify(report)).not.toMatch(/TESTTEST/);
  },
);

it('a directory that is not there makes the rest moot', async () => {
  const { authDir } = await temporary();
  const report = await check(authDir);
  expect(
    report.findings.filter(({ status }) => status !== 'skip').map(({ id, status }) => [id, status]),
  ).toEqual([
    ['directory.present', 'fail'],
    ['auth.override', 'pass'],
  ]);
});

it('names variables that outrank the login, never their values', async () => {
  const { authDir } = await temporary();
  const report = await check(authDir, { ANTHROPIC_API_KEY: 'sk-ant-api03-CANARY', PATH: '/bin' });
  const finding = report.findings.find(({ id }) => id === 'auth.override');
  expect(finding).toMatchObject({ status: 'warn', summary: expect.stringContaining('ANTHROPIC_API_KEY') });
  expect(JSON.stringify(report)).not.toContain('CANARY');
});

it('prints its keys in the order of the design', async () => {
  const { authDir } = await temporary();
  mkdirSync(authDir);
  directoryCases[0]?.make(authDir);
  const report = await check(authDir);
  expect(Object.keys(report)).toEqual(['profile', 'authDir', 'status', 'account', 'token', 'findings']);
  expect(Object.keys(report.account)).toEqual(['email', 'organization', 'plan']);
  expect(Object.keys(report.token)).toEqual([
    'expiresAt',
    'expiresInSeconds',
    'loginExpiresAt',
    'refreshable',
    'scopes',
  ]);
  expect(Object.keys(report.findings[0] ?? {})).toEqual(['id', 'status', 'summary', 'fix']);
});

it('a file that comes, goes and changes while it is looked at gets a finding, never an error', async () => {
  const { authDir, home } = await temporary();
  mkdirSync(authDir, { mode: 0o700 });
  const path = join(authDir, '.credentials.json');
  const good = join(home, 'good.json');
  directoryCases[0]?.make(authDir);
  renameSync(path, good);
  const changes = [
    () => copyFileSync(good, path),
    () => writeFileSync(path, ''),
    () => truncateSync(path, 50),
    () => rmSync(path),
    () => mkdirSync(path),
    () => rmSync(path, { recursive: true }),
    () => symlinkSync(good, path),
    () => rmSync(path),
  ];
  const statuses = new Set<string>();
  for (let round = 0; round < 50; round += 1) {
    for (const change of changes) {
      const looks = [check(authDir), check(authDir)];
      await new Promise(setImmediate);
      change();
      for (const report of await Promise.all(looks)) {
        expect(report.findings.map(({ id }) => id)).toEqual(checkIds);
        statuses.add(report.status);
      }
    }
  }
  expect([...statuses]).toEqual(expect.arrayContaining(['fail', 'pass']));
});
