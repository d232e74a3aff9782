import { describe, expect, it } from 'vitest';
import {
  healthWords,
  isOvertaken,
  loginLeft,
  needsPerson,
  rollUp,
  rollUpParts,
  tokenLeft,
} from '../../src/domain/profile-health.ts';
import { sealedAndLocked } from '../../src/domain/seal.ts';
import { checkDirectory } from '../../src/usecases/check.ts';
import { createFakeWorld, putLogin, startOfTest } from '../tui/fake-world.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const reportOn = async (
  prepare: (files: ReturnType<ReturnType<typeof createFakeWorld>['store']['directory']>) => void,
) => {
  const world = createFakeWorld();
  const { authDir, name } = world.addProfile('dev', { signedIn: false });
  prepare(world.store.directory(authDir));
  return checkDirectory(world.ports, { authDir, profile: name, live: null });
};

const longLived = (files: Parameters<typeof putLogin>[0]) => {
  files.set('.claude.json', JSON.stringify({ hasCompletedOnboarding: true }));
  files.set('oauth-token', 'sk-ant-oat01-TEST-long');
};

describe('the health of a profile in words', () => {
  it.each([
    ['fine', false, (files) => putLogin(files)],
    ['not signed in', true, () => {}],
    ['sign in again', true, (files) => files.set('.credentials.json', '')],
    ['ends soon', true, (files) => putLogin(files, { loginLeftMs: 2 * day })],
    ['sign in again', true, (files) => putLogin(files, { loginLeftMs: -day })],
    ['refresh due', false, (files) => putLogin(files, { leftMs: 20 * minute })],
    ['has warnings', false, (files) => putLogin(files, { onboarded: false })],
    ['long-lived', false, longLived],
    ['sign in again', true, (files) => files.set('oauth-token', 'no token')],
    [
      'broken',
      true,
      (files) => {
        putLogin(files);
        files.set('.claude.json', '{');
      },
    ],
  ] satisfies readonly [string, boolean, Parameters<typeof reportOn>[0]][])(
    '%s (needs a person: %s)',
    async (words, person, prepare) => {
      const report = await reportOn(prepare);
      expect(healthWords(report)).toBe(words);
      expect(needsPerson(report)).toBe(person);
    },
  );

  it('outranks a refresh that is due by the end of the login', async () => {
    expect(healthWords(await reportOn((files) => putLogin(files, { leftMs: -hour, loginLeftMs: day })))).toBe(
      'ends soon',
    );
  });
});

it('a sealed login that could not be opened is locked, not gone', async () => {
  const report = await reportOn(() => {});
  const findings = report.findings.map((finding) =>
    finding.id === 'credentials.present'
      ? { ...finding, summary: `${sealedAndLocked}: the passphrase is not known` }
      : finding,
  );
  expect(healthWords({ ...report, findings })).toBe('locked');
});

it('what is left is told for the token and the login', async () => {
  const report = await reportOn((files) => putLogin(files));
  expect(tokenLeft(report, startOfTest)).toBe('8 h');
  expect(tokenLeft(report, startOfTest + 8 * hour)).toBe('ended');
  expect(loginLeft(report, startOfTest + 8 * hour)).toBe('27 d 16 h');
  const unsaid = await reportOn(longLived);
  expect([tokenLeft(unsaid, startOfTest), loginLeft(unsaid, startOfTest)]).toEqual(['long-lived', '-']);
});

describe('the roll-up', () => {
  it('counts everybody once', async () => {
    const reports = [
      await reportOn((files) => putLogin(files)),
      await reportOn(() => {}),
      await reportOn((files) => putLogin(files, { loginLeftMs: day })),
      await reportOn((files) => putLogin(files, { leftMs: 0 })),
    ];
    expect(rollUp(reports)).toEqual({ person: 2, look: 1, fine: 1 });
    expect(rollUpParts(rollUp(reports)).map(([, text]) => text)).toEqual([
      '2 need a person',
      '1 with warnings',
      '1 fine',
    ]);
  });

  it('says something of nobody too', () => {
    expect(rollUpParts(rollUp([]))).toEqual([['pass', '0 fine']]);
  });
});

it('a report is overtaken by a minute, or by a moment at which a check turns', async () => {
  const report = await reportOn((files) => putLogin(files, { leftMs: 30 * minute + 5000 }));
  expect(isOvertaken(report, startOfTest, startOfTest + 4000)).toBe(false);
  expect(isOvertaken(report, startOfTest, startOfTest + 5000)).toBe(true);
  expect(isOvertaken(report, startOfTest + 5000, startOfTest + 6000)).toBe(false);
  expect(isOvertaken(report, startOfTest + 5000, startOfTest + 5000 + minute)).toBe(true);
});
