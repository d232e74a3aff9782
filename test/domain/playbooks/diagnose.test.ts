import { describe, expect, it } from 'vitest';
import { type CheckId, checkIds, type Finding } from '../../../src/domain/checks/report.ts';
import type { Failure, FailureCode } from '../../../src/domain/failure.ts';
import { diagnose, playbooks } from '../../../src/domain/playbooks/diagnose.ts';
import type { Picture } from '../../../src/domain/playbooks/picture.ts';

const authDir = '/home/ada/.claude-hub';

const failure = (code: FailureCode): Failure => ({
  code,
  what: 'It failed',
  why: `because of ${code}`,
  fix: 'mend it',
});

const reportWith = (...troubles: readonly Pick<Finding, 'id' | 'status'>[]): Picture['report'] => ({
  profile: 'dev',
  authDir,
  status: 'pass',
  account: { email: null, organization: null, plan: null },
  token: { expiresAt: null, expiresInSeconds: null, loginExpiresAt: null, refreshable: true, scopes: [] },
  findings: checkIds.map((id) => ({
    id,
    status: troubles.find((trouble) => trouble.id === id)?.status ?? 'pass',
    summary: `summary of ${id}`,
    fix: '',
  })),
});

const healthy: Picture = {
  engine: { found: 'Docker Engine 28 at unix:///var/run/docker.sock', attempts: [] },
  image: { reference: 'claude-setup:abc', state: 'current', cliVersion: '2.1.330', createdAt: 0 },
  profile: { name: 'dev', authDir, runtime: 'docker', leaveOut: null },
  report: reportWith(),
  mounts: [],
  composeFiles: [],
  clockSkewMs: 0,
  disk: { freeBytes: 1e12, readOnly: false },
  snapshot: { id: 's1', takenAt: 0 },
  unfinished: null,
  uncaptured: false,
  refusedAt: null,
  failure: null,
};

const noEngine = (code: FailureCode): Partial<Picture> => ({
  engine: { found: null, attempts: [{ endpoint: 'unix:///var/run/docker.sock', failure: failure(code) }] },
});
const found = (id: CheckId, status: 'warn' | 'fail' = 'fail'): Partial<Picture> => ({
  report: reportWith({ id, status }),
});

describe('diagnose', () => {
  it.each([
    ['The login is sealed and locked: it takes a passphrase', 'not at hand'],
    [
      '.credentials.json lies in plain beside the sealed login, which is the one that counts',
      'beside the sealed one',
    ],
  ])('tells of a sealed login what the finding tells: %s', (summary, cause) => {
    const report = reportWith({ id: 'credentials.present', status: 'fail' });
    const findings = report?.findings.map((finding) =>
      finding.id === 'credentials.present' ? { ...finding, summary, fix: 'do this' } : finding,
    );
    const troubles = diagnose({ ...healthy, report: report && findings ? { ...report, findings } : null });
    expect(troubles.map(({ playbook }) => playbook.id)).toEqual(['sealed']);
    expect(troubles[0]?.cause).toContain(cause);
    expect(troubles[0]?.fixes[0]?.does).toEqual(['do this']);
  });

  it('has nothing to say about a healthy picture', () => {
    expect(diagnose(healthy)).toEqual([]);
  });

  it.each<[string, Partial<Picture>]>([
    ['engine-missing', noEngine('engine.missing')],
    ['engine-permission', noEngine('engine.permission')],
    ['engine-silent', noEngine('engine.timeout')],
    [
      'image-missing',
      { image: { reference: 'claude-setup:abc', state: 'missing', cliVersion: null, createdAt: null } },
    ],
    [
      'image-missing',
      { image: { reference: 'claude-setup:abc', state: 'stale', cliVersion: '2.0.0', createdAt: 0 } },
    ],
    ['image-network', { failure: failure('image.network') }],
    ['image-tls', { failure: failure('image.tls') }],
    ['image-build', { failure: failure('image.step-failed') }],
    ['container-name', { failure: failure('container.name-taken') }],
    ['directory-missing', found('directory.present')],
    ['directory-permissions', found('directory.permissions', 'warn')],
    ['credentials-missing', found('credentials.present')],
    ['credentials-permissions', found('credentials.permissions')],
    ['credentials-owner', found('credentials.owner')],
    ['credentials-empty', found('credentials.empty')],
    ['credentials-malformed', found('credentials.json')],
    ['credentials-shape', found('credentials.shape')],
    ['credentials-blanked', found('credentials.blanked')],
    ['credentials-scopes', found('credentials.scopes')],
    ['token-expired', found('token.expiry', 'warn')],
    ['login-expired', found('token.login')],
    ['onboarding', found('state.onboarding', 'warn')],
    ['auth-override', found('auth.override', 'warn')],
    ['cli-refuses', found('cli.accepts')],
    ['failure', { failure: failure('locked') }],
    ['failure', { failure: failure('sign-in.exited-early') }],
    ['clock-skew', { clockSkewMs: -10 * 60 * 1000 }],
    ['disk-full', { disk: { freeBytes: 1024, readOnly: false } }],
    ['disk-full', { disk: null, failure: failure('disk.full') }],
    ['disk-read-only', { disk: { freeBytes: 1e12, readOnly: true } }],
    ['refresh-refused', { refusedAt: 0 }],
    ['capture-interrupted', { unfinished: 'a capture of 10:00 was interrupted' }],
    ['sign-in-uncaptured', { uncaptured: true }],
    [
      'mounts',
      {
        mounts: [
          {
            id: 'mount.missing-source',
            status: 'fail',
            service: 'bot',
            profile: null,
            mount: null,
            running: false,
            summary: 'not there',
            fix: 'mount it',
          },
        ],
      },
    ],
  ])('%s', (id, change) => {
    const troubles = diagnose({ ...healthy, ...change });
    expect(troubles.map(({ playbook }) => playbook.id)).toEqual([id]);
    for (const { cause, evidence, fixes } of troubles) {
      expect(cause).not.toBe('');
      expect(evidence.join('')).not.toBe('');
      expect(fixes.length).toBeGreaterThan(0);
      for (const fix of fixes) expect(fix.does.join('')).not.toBe('');
    }
  });

  it('offers to go back only when there is a snapshot', () => {
    const labels = (picture: Picture) =>
      diagnose(picture).flatMap(({ fixes }) => fixes.map(({ label }) => label));
    const empty = { ...healthy, ...found('credentials.empty') };
    expect(labels(empty)).toContain('go back to the snapshot');
    expect(labels({ ...empty, snapshot: null })).not.toContain('go back to the snapshot');
  });

  it('is about checks that exist, and every check that can be in trouble leads to a playbook', () => {
    const led = new Set(playbooks.flatMap(({ checks }) => checks));
    expect(checkIds.filter((id) => !led.has(id))).toEqual(['state.files']);
  });
});
