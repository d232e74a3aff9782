import { expect, it } from 'vitest';
import { reportLines } from '../../src/cli/print-report.ts';
import type { Facts, FileFacts } from '../../src/domain/checks/facts.ts';
import { runChecks } from '../../src/domain/checks/run-checks.ts';

const now = Date.UTC(2026, 10, 24, 10);
const look = { color: false, unicode: true, now, timeZone: 'Europe/Berlin' };

const file = (json: unknown, mode = 0o600): FileFacts => {
  const content = new TextEncoder().encode(JSON.stringify(json));
  return { kind: 'file', isLink: false, mode, uid: 0, size: content.length, content };
};
const missing: FileFacts = { kind: 'missing', isLink: false, mode: 0, uid: null, size: 0, content: null };

const facts = (expiresAt: number, change: Partial<Facts> = {}): Facts => ({
  authDir: '/home/ada/.claude-hub',
  directory: { kind: 'directory', isLink: false, mode: 0o700, uid: 0, size: 0, writable: true },
  credentials: file({
    claudeAiOauth: {
      accessToken: 'sk-ant-oat01-TEST',
      refreshToken: 'sk-ant-ort01-TEST',
      expiresAt,
      refreshTokenExpiresAt: now + 20 * 86_400_000,
      scopes: ['user:inference', 'user:profile'],
      subscriptionType: 'max',
    },
  }),
  state: file({
    hasCompletedOnboarding: true,
    oauthAccount: { emailAddress: 'ada@example.com', organizationName: 'Example' },
  }),
  settings: missing,
  oauthToken: missing,
  entries: ['.claude.json', '.credentials.json', 'projects'],
  overridingVariables: [],
  uid: 0,
  now,
  live: null,
  ...change,
});

const shown = (of: Facts, how = look): string => `\n${reportLines(runChecks('dev', of), how).join('\n')}\n`;

it('shows who is signed in, for how long, and each finding', () => {
  expect(shown(facts(now + 27_960_000))).toMatchInlineSnapshot(`
    "
    Profile    dev
    Directory  /home/ada/.claude-hub
    Account    ada@example.com, Example, plan max
    Token      ends in 7 h 46 min (24 Nov 2026, 18:46 CET), can be refreshed
    Login      ends in 20 d (14 Dec 2026, 11:00 CET)

    ✔ ok    directory.present        /home/ada/.claude-hub is there
    ✔ ok    directory.permissions    Only you can look into the directory
    ✔ ok    credentials.present      .credentials.json is there
    ✔ ok    credentials.permissions  Only you can read the credentials
    ✔ ok    credentials.owner        The credentials belong to the right user
    ✔ ok    credentials.empty        The credentials are not empty
    ✔ ok    credentials.json         The credentials are JSON
    ✔ ok    credentials.shape        The credentials hold a login
    ✔ ok    credentials.blanked      The tokens are there
    ✔ ok    credentials.scopes       The login has the scopes it needs
    ✔ ok    token.expiry             The access token is good for 7 h 46 min
    ✔ ok    token.login              The login itself is good for 20 d
    ✔ ok    state.onboarding         The first-run screens are done
    ✔ ok    state.files              Also captured: .claude.json, projects
    ✔ ok    auth.override            Nothing outranks the captured login
    · skip  cli.accepts              The real CLI was not asked (check --live asks it)

    ✔ ok    All is well
    "
  `);
});

it('shows what is wrong with its fix below', () => {
  const credentials = { ...facts(now - 7_200_000).credentials, mode: 0o644 };
  expect(shown(facts(0, { credentials, state: missing }))).toMatchInlineSnapshot(`
    "
    Profile    dev
    Directory  /home/ada/.claude-hub
    Account    plan max
    Token      ended 2 h ago (24 Nov 2026, 09:00 CET), can be refreshed
    Login      ends in 20 d (14 Dec 2026, 11:00 CET)

    ✔ ok    directory.present        /home/ada/.claude-hub is there
    ✔ ok    directory.permissions    Only you can look into the directory
    ✔ ok    credentials.present      .credentials.json is there
    ▲ warn  credentials.permissions  Others can read /home/ada/.claude-hub/.credentials.json (mode 0644)
            Fix: chmod 600 /home/ada/.claude-hub/.credentials.json
    ✔ ok    credentials.owner        The credentials belong to the right user
    ✔ ok    credentials.empty        The credentials are not empty
    ✔ ok    credentials.json         The credentials are JSON
    ✔ ok    credentials.shape        The credentials hold a login
    ✔ ok    credentials.blanked      The tokens are there
    ✔ ok    credentials.scopes       The login has the scopes it needs
    ▲ warn  token.expiry             The access token expired 2 h ago; it can be refreshed
            Fix: claude-setup refresh dev
    ✔ ok    token.login              The login itself is good for 20 d
    ▲ warn  state.onboarding         .claude.json is missing, so the next container asks for theme and sign-in again
            Fix: finish it in the wizard: claude-setup login dev
    ✔ ok    state.files              Also captured: .claude.json, projects
    ✔ ok    auth.override            Nothing outranks the captured login
    · skip  cli.accepts              The real CLI was not asked (check --live asks it)

    ▲ warn  It works, with what is said above; docs/troubleshooting.md has a heading for each name
    "
  `);
});

it('keeps to ASCII and to no colour where asked', () => {
  const text = shown(facts(now + 27_960_000), { ...look, unicode: false });
  expect(text).toMatch(/^[\n\x20-\x7e]+$/);
  expect(shown(facts(now + 27_960_000), { ...look, color: true })).toContain('\x1b[32m');
});

it('lets no control character of a path through', () => {
  const text = shown(facts(now, { authDir: '/tmp/\x1b]0;title\x07\nx' }));
  expect(text).not.toMatch(/\x1b|\x07/);
  expect(text).toContain('/tmp/?]0;title??x');
});
