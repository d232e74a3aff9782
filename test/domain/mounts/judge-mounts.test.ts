import { expect, it } from 'vitest';
import { judgeMounts } from '../../../src/domain/mounts/judge-mounts.ts';
import type { ContainerMounts, KnownLogin } from '../../../src/domain/mounts/mounts.ts';

const dev: KnownLogin = { profile: 'dev', authDir: '/home/ada/.claude-hub', holds: 'full' };
const lease: KnownLogin = { profile: 'dev', authDir: '/srv/lease', holds: 'lease' };
const target = '/home/node/.claude';

const service = (
  source: string,
  change: Partial<ContainerMounts> & { readOnly?: boolean; at?: string } = {},
): ContainerMounts => ({
  name: change.name ?? 'app',
  mounts: [{ source, target: change.at ?? target, readOnly: change.readOnly ?? false }],
  environment: change.environment ?? { CLAUDE_CONFIG_DIR: target },
  user: null,
});

const judge = (...containers: ContainerMounts[]) =>
  judgeMounts({
    containers,
    logins: [dev, lease],
    sourceKind: (path) => (path.includes('gone') ? 'missing' : path.endsWith('.json') ? 'file' : 'directory'),
  });

it.each([
  ['a full login in one service', service(dev.authDir), 'mount.ok'],
  ['a lease read-only', service(lease.authDir, { readOnly: true }), 'mount.ok'],
  ['a missing path', service('/srv/gone'), 'mount.missing-source'],
  ['a path of no profile', service('/srv/other'), 'mount.unknown-source'],
  [
    'a single file',
    service(`${dev.authDir}/.credentials.json`, { at: `${target}/.credentials.json` }),
    'mount.single-file',
  ],
  ['a full login read-only', service(dev.authDir, { readOnly: true }), 'mount.read-only-login'],
  ['no CLAUDE_CONFIG_DIR', service(dev.authDir, { environment: {} }), 'mount.config-dir'],
])('%s', (_what, container, id) => {
  const [finding] = judge(container);
  expect(finding?.id).toBe(id);
  expect(finding?.fix === '').toBe(id === 'mount.ok');
});

it('says who shares a full login, and not when they share a lease', () => {
  const shared = judge(service(dev.authDir, { name: 'bot' }), service(dev.authDir, { name: 'web' }));
  expect(shared.at(-1)).toMatchObject({
    id: 'mount.shared-login',
    service: 'bot, web',
    profile: 'dev',
    status: 'fail',
  });
  expect(
    judge(service(lease.authDir, { name: 'bot' }), service(lease.authDir, { name: 'web' })).map(
      ({ id }) => id,
    ),
  ).toEqual(['mount.ok', 'mount.ok']);
});

it('names variables that outrank the login, never their values', () => {
  const environment = { CLAUDE_CONFIG_DIR: target, ANTHROPIC_API_KEY: 'sk-ant-api03-CANARY' };
  const findings = judge(service(dev.authDir, { environment }));
  expect(findings.map(({ id }) => id)).toEqual(['mount.ok', 'mount.token-in-environment']);
  expect(JSON.stringify(findings)).not.toContain('CANARY');
});

it('says nothing about mounts that have nothing to do with the CLI', () => {
  expect(
    judge({
      name: 'db',
      mounts: [{ source: '/data', target: '/var/lib/db', readOnly: false }],
      environment: {},
      user: null,
    }),
  ).toEqual([]);
});
